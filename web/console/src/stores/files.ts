import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Attachment } from '../../../shared/api';
import { useInbox } from '../api';
import { newClientId } from '../ids';
import { useOpened } from './opened';
import { useSession } from './session';

export const LARGEST_FILE = 10 * 1024 * 1024;
export const MOST_FILES = 10;

/** A file on its way into a reply. */
export interface FileUnderway {
  key: string;
  conversationId: string;
  writerId: string | undefined;
  name: string;
  /** Null: it is up already. */
  file: File | null;
  /** Share that is there, 0–1. */
  share: number;
  attachment: Attachment | null;
  problem: unknown;
}

/** Why a file is not even sent up. */
export type FileRefusal = 'too_large' | 'empty' | 'too_many';

export function refusalOf(file: { size: number }, already: number): FileRefusal | null {
  if (file.size === 0) return 'empty';
  if (file.size > LARGEST_FILE) return 'too_large';
  return already >= MOST_FILES ? 'too_many' : null;
}

/** Files of replies that are being written, by writer and conversation. */
export const useFiles = defineStore('files', () => {
  const inbox = useInbox();
  const opened = useOpened();
  const session = useSession();

  const all = ref<FileUnderway[]>([]);
  const stops = new Map<string, AbortController>();

  const here = computed(() =>
    all.value.filter(
      (each) => each.conversationId === opened.id && each.writerId === session.user?.id,
    ),
  );
  const ready = computed(() => here.value.every((each) => each.attachment !== null));

  /** Sends files up; gives those that were refused, with the reason. */
  function add(files: Iterable<File>): { file: File; why: FileRefusal }[] {
    const refused: { file: File; why: FileRefusal }[] = [];
    for (const file of files) {
      const why = refusalOf(file, here.value.length);
      if (why) refused.push({ file, why });
      else if (opened.id !== null) begin(opened.id, file);
    }
    return refused;
  }

  function begin(conversationId: string, file: File): void {
    const key = newClientId();
    all.value = [
      ...all.value,
      {
        key,
        conversationId,
        writerId: session.user?.id,
        name: file.name,
        file,
        share: 0,
        attachment: null,
        problem: null,
      },
    ];
    void send(key);
  }

  async function send(key: string): Promise<void> {
    const underway = all.value.find((each) => each.key === key);
    if (!underway?.file) return;
    const stop = new AbortController();
    stops.set(key, stop);
    change(key, { share: 0, problem: null });
    try {
      const { conversationId, file } = underway;
      const told = (share: number): void => change(key, { share });
      const attachment = await inbox.upload(conversationId, file, told, stop.signal);
      change(key, { attachment, share: 1 });
    } catch (problem) {
      change(key, { problem });
    } finally {
      stops.delete(key);
    }
  }

  function remove(key: string): void {
    stops.get(key)?.abort();
    all.value = all.value.filter((each) => each.key !== key);
  }

  /** The files of the opened conversation, which go with a reply from here on. */
  function handOver(): Attachment[] {
    const found = here.value.flatMap((each) => each.attachment ?? []);
    const gone = new Set(here.value);
    all.value = all.value.filter((each) => !gone.has(each));
    return found;
  }

  /** Files of a reply that goes back into the composer. */
  function takeBack(attachments: readonly Attachment[]): void {
    const conversationId = opened.id;
    if (conversationId === null) return;
    const back = attachments.map((attachment) => ({
      key: attachment.id,
      conversationId,
      writerId: session.user?.id,
      name: attachment.name,
      file: null,
      share: 1,
      attachment,
      problem: null,
    }));
    all.value = [...all.value, ...back];
  }

  function change(key: string, changed: Partial<FileUnderway>): void {
    all.value = all.value.map((each) => (each.key === key ? { ...each, ...changed } : each));
  }

  return { here, ready, add, send, remove, handOver, takeBack };
});
