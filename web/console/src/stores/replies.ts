import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Attachment, StaffMessage } from '../../../shared/api';
import { useInbox } from '../api';
import { ApiError, Unreachable } from '../api/http';
import { newClientId } from '../ids';
import { useColleagues } from './colleagues';
import { useDrafts } from './drafts';
import { useFiles } from './files';
import { useKept } from './kept';
import { useOpened } from './opened';

/** A reply or note on its way, or one that did not arrive. */
export interface Reply {
  conversationId: string;
  /** Stays the same when it is sent again, so that it cannot arrive twice. */
  clientId: string;
  text: string;
  private: boolean;
  mentions: string[];
  quote: StaffMessage | null;
  attachments: Attachment[];
  /** The newest message its writer had seen. */
  afterSeq: number;
  failed: boolean;
  /** It failed because the desk could not be reached, and goes again once it can. */
  lost: boolean;
  problem: string | null;
  /** What others have said meanwhile, by `seq`: the desk holds the reply back until it is confirmed. */
  crossed: number[] | null;
}

const TELL_TYPING_EVERY_MS = 3_000;

/** Replies and notes on their way; what did not arrive outlasts the page. */
export const useReplies = defineStore('replies', () => {
  const inbox = useInbox();
  const opened = useOpened();
  const drafts = useDrafts();
  const files = useFiles();
  const colleagues = useColleagues();

  const all = useKept<Reply[]>('replies', () => []);
  /** What this page is sending right now. */
  const posting = new Set<string>();
  /** How often the desk was there again. */
  let returns = 0;
  let toldTypingAt = Number.NEGATIVE_INFINITY;

  /** Replies of the opened conversation that have not arrived. */
  const underway = computed(() => {
    const arrived = new Set(opened.messages.map((message) => message.client_id));
    return all.value.filter(
      (reply) => reply.conversationId === opened.id && !arrived.has(reply.clientId),
    );
  });
  const crossed = computed(() => underway.value.find((reply) => reply.crossed !== null) ?? null);

  /** Send what is in the composer. */
  async function send(): Promise<void> {
    const written = drafts.text.trim();
    const isNote = drafts.mode === 'note';
    if (opened.id === null || (!isNote && !files.ready)) return;
    const attachments = isNote ? [] : files.handOver();
    if (!written && attachments.length === 0) return;
    const reply: Reply = {
      conversationId: opened.id,
      clientId: newClientId(),
      text: written,
      private: isNote,
      mentions: isNote ? mentionedIn(written, colleagues.others) : [],
      quote: isNote ? null : drafts.quote,
      attachments,
      afterSeq: opened.lastSeq,
      failed: false,
      lost: false,
      problem: null,
      crossed: null,
    };
    drafts.text = '';
    if (!isNote) drafts.quoteMessage(null);
    all.value = [...all.value, reply];
    await post(reply, false);
  }

  async function retry(clientId: string): Promise<void> {
    const reply = all.value.find((each) => each.clientId === clientId);
    if (reply) await post(reply, false);
  }

  /** Send it although somebody else has spoken. */
  async function sendAnyway(clientId: string): Promise<void> {
    const reply = all.value.find((each) => each.clientId === clientId);
    if (reply) await post(reply, true);
  }

  /** Take a reply that is not there back into the composer. */
  function edit(clientId: string): void {
    const reply = all.value.find((each) => each.clientId === clientId);
    if (!reply) return;
    forget(clientId);
    drafts.setMode(reply.private ? 'note' : 'reply');
    drafts.text = [drafts.text, reply.text].filter(Boolean).join('\n');
    if (reply.quote) drafts.quoteMessage(reply.quote);
    files.takeBack(reply.attachments);
  }

  async function typing(now: number): Promise<void> {
    if (opened.id === null || !opened.mine || drafts.mode === 'note') return;
    if (now - toldTypingAt < TELL_TYPING_EVERY_MS) return;
    toldTypingAt = now;
    await inbox.typing(opened.id).catch(() => undefined);
  }

  /** The desk is there again: send what it cannot have had, or what the page does not know about. */
  async function resend(): Promise<void> {
    returns += 1;
    const waiting = all.value.filter((reply) => reply.lost || !(reply.failed || reply.crossed));
    for (const reply of waiting) await post(reply, false);
  }

  async function post(reply: Reply, force: boolean): Promise<void> {
    const { clientId, conversationId } = reply;
    if (posting.has(clientId)) return;
    posting.add(clientId);
    const before = returns;
    change(clientId, { failed: false, lost: false, problem: null, crossed: null });
    try {
      const message = await deliver(reply, force);
      opened.receive(conversationId, [message]);
      forget(clientId);
    } catch (problem) {
      if (problem instanceof ApiError && problem.code === 'crossed') {
        const newer = (problem.details['newer'] as number[] | undefined) ?? [];
        change(clientId, { crossed: newer });
        await opened.refresh();
      } else {
        const lost = isLost(problem);
        change(clientId, { failed: true, lost, problem: (problem as Error).message || null });
      }
    } finally {
      posting.delete(clientId);
    }
    const left = all.value.find((each) => each.clientId === clientId);
    if (left?.lost && returns > before) await post(left, force);
  }

  function deliver(reply: Reply, force: boolean): Promise<StaffMessage> {
    const { conversationId, clientId, text } = reply;
    if (reply.private) {
      const { mentions } = reply;
      return inbox.note(conversationId, { text, mentions, client_id: clientId });
    }
    return inbox.reply(conversationId, {
      text,
      client_id: clientId,
      after_seq: reply.afterSeq,
      force,
      quote_of: reply.quote?.id ?? null,
      attachment_ids: reply.attachments.map((attachment) => attachment.id),
    });
  }

  function change(clientId: string, changed: Partial<Reply>): void {
    all.value = all.value.map((each) =>
      each.clientId === clientId ? { ...each, ...changed } : each,
    );
  }

  function forget(clientId: string): void {
    all.value = all.value.filter((each) => each.clientId !== clientId);
  }

  return { all, underway, crossed, send, sendAnyway, retry, resend, edit, typing };
});

/** Whether the desk may never have heard of it: the network or what stands before the desk failed. */
function isLost(problem: unknown): boolean {
  return problem instanceof Unreachable || (problem instanceof ApiError && problem.status >= 502);
}

/** The ids of those who are called with `@name` in a note; of names that begin alike, the longer. */
export function mentionedIn(
  text: string,
  people: readonly { id: string; display_name: string }[],
): string[] {
  const longestFirst = [...people].sort(
    (one, other) => other.display_name.length - one.display_name.length,
  );
  let rest = text;
  return longestFirst
    .filter(({ display_name: name }) => {
      const there = rest.includes(`@${name}`);
      rest = rest.replaceAll(`@${name}`, ' ');
      return there;
    })
    .map((person) => person.id);
}
