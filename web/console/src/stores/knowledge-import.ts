import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AgentServerFrame } from '../../../shared/api';
import type { KnowledgeImport } from '../../../shared/api/knowledge';
import { ApiError } from '../api/http';
import { KnowledgeApi, sendImport } from '../api/knowledge';
import { useApi } from '../api/provide';
import { createUpload, type Upload } from '../api/upload';
import { useSession } from './session';

export const ASK_EVERY_MS = 800;
export const LARGEST_FILE = 10 * 1024 * 1024;
export const ENDINGS = ['.xlsx', '.csv', '.yml', '.yaml'];

/** The import failed, though the desk has the file. */
export class ImportFailed extends Error {}

/** A file of entries: first looked through, then taken in as a whole. */
export const useKnowledgeImport = defineStore('knowledge-import', () => {
  const api = useApi(KnowledgeApi);
  const session = useSession();
  /** Tests put their own here. */
  const sendUp: { upload: Upload } = { upload: createUpload(() => session.csrfToken) };

  const file = ref<File | null>(null);
  const shown = ref<KnowledgeImport | null>(null);
  const error = ref<unknown>(null);
  const busy = ref(false);
  /** The last run that came to an end. */
  const report = computed(() => (shown.value?.state === 'done' ? shown.value.report : null));
  const checked = computed(() => report.value !== null && shown.value?.dry_run === true);
  const taken = computed(() => report.value !== null && shown.value?.dry_run === false);
  /** Share that is done, 0–1; null while it is not known. */
  const share = computed(() => {
    const { rows, done, state } = shown.value ?? { rows: 0, done: 0, state: 'queued' };
    return state === 'running' && rows > 0 ? Math.min(1, done / rows) : null;
  });
  /** What is being done. */
  const phase = computed(() => {
    if (!shown.value) return 'sending';
    if (shown.value.state === 'queued') return 'queued';
    if (shown.value.rows === 0) return 'reading';
    return shown.value.dry_run ? 'checking' : 'taking';
  });
  let stop = new AbortController();

  function reset(): void {
    stop.abort();
    stop = new AbortController();
    file.value = null;
    shown.value = null;
    error.value = null;
    busy.value = false;
  }

  /** Says what the file would change. */
  async function check(chosen: File): Promise<void> {
    reset();
    file.value = chosen;
    await run(true);
  }

  async function take(): Promise<void> {
    if (checked.value && !report.value?.refused) await run(false);
  }

  async function run(dryRun: boolean): Promise<void> {
    if (!file.value || busy.value) return;
    const { signal } = stop;
    busy.value = true;
    error.value = null;
    shown.value = null;
    try {
      const { import_id: id } = await sendImport(sendUp.upload, file.value, dryRun, signal);
      await follow(id, signal);
    } catch (problem) {
      if (!signal.aborted) error.value = problem;
    } finally {
      if (!signal.aborted) busy.value = false;
    }
  }

  async function follow(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await patient(() => api.import(id));
      if (signal.aborted) return;
      if (found) {
        shown.value = found;
        if (found.state === 'failed') throw new ImportFailed();
        if (found.state === 'done') return;
      }
      await pause(signal);
    }
  }

  /** Progress between two questions. */
  function hear(frame: AgentServerFrame): void {
    const now = shown.value;
    if (frame.type !== 'import' || frame.id !== now?.id || now.state === 'done') return;
    shown.value = { ...now, done: frame.done, rows: frame.rows };
  }

  return {
    file,
    shown,
    error,
    busy,
    report,
    checked,
    taken,
    share,
    phase,
    sendUp,
    reset,
    check,
    take,
    hear,
  };
});

/** A network that is away for a moment does not end it; null: ask again. */
async function patient<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (problem) {
    if (problem instanceof ApiError) throw problem;
    return null;
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ASK_EVERY_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
