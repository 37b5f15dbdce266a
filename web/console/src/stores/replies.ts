import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { useDesk } from '../api';
import { useOpened } from './opened';

/** A reply on its way, or one that did not arrive. */
export interface Reply {
  conversationId: string;
  /** Stays the same when it is sent again, so that it cannot arrive twice. */
  clientId: string;
  text: string;
  createdAt: string;
  failed: boolean;
  problem: string | null;
}

const TELL_TYPING_EVERY_MS = 3_000;

/** What the agent has written: half-written texts and replies that are not there yet. */
export const useReplies = defineStore('replies', () => {
  const desk = useDesk();
  const opened = useOpened();

  /** Half-written texts by conversation; they stay while the agent looks at another one. */
  const texts = ref(new Map<string, string>());
  const all = ref<Reply[]>([]);
  let toldTypingAt = Number.NEGATIVE_INFINITY;

  const text = computed({
    get: () => texts.value.get(opened.id ?? '') ?? '',
    set: (value) => {
      if (opened.id !== null) texts.value = new Map(texts.value).set(opened.id, value);
    },
  });
  /** Replies of the opened conversation that have not arrived. */
  const underway = computed(() => {
    const arrived = new Set(opened.messages.map((message) => message.client_id));
    return all.value.filter(
      (reply) => reply.conversationId === opened.id && !arrived.has(reply.clientId),
    );
  });

  /** Send what is in the composer. */
  async function send(): Promise<void> {
    const written = text.value.trim();
    if (opened.id === null || !written) return;
    text.value = '';
    const reply: Reply = {
      conversationId: opened.id,
      clientId: newId(),
      text: written,
      createdAt: new Date().toISOString(),
      failed: false,
      problem: null,
    };
    all.value = [...all.value, reply];
    await post(reply);
  }

  async function retry(clientId: string): Promise<void> {
    const reply = all.value.find((each) => each.clientId === clientId);
    if (reply) await post(reply);
  }

  /** Take a failed reply back into the composer. */
  function edit(clientId: string): void {
    const reply = all.value.find((each) => each.clientId === clientId);
    if (!reply) return;
    forget(clientId);
    text.value = [text.value, reply.text].filter(Boolean).join('\n');
  }

  /** Put a suggested answer into the composer, after what is there. */
  function insert(answer: string): void {
    text.value = [text.value.trimEnd(), answer].filter(Boolean).join('\n');
  }

  async function typing(now: number): Promise<void> {
    if (opened.id === null || !opened.mine || now - toldTypingAt < TELL_TYPING_EVERY_MS) return;
    toldTypingAt = now;
    await desk.typing(opened.id).catch(() => undefined);
  }

  async function post(reply: Reply): Promise<void> {
    change(reply.clientId, { failed: false, problem: null });
    try {
      const message = await desk.reply(reply.conversationId, reply.text, reply.clientId);
      opened.receive(reply.conversationId, [message]);
      forget(reply.clientId);
    } catch (problem) {
      change(reply.clientId, { failed: true, problem: (problem as Error).message || null });
    }
  }

  function change(clientId: string, change: Partial<Reply>): void {
    all.value = all.value.map((each) =>
      each.clientId === clientId ? { ...each, ...change } : each,
    );
  }

  function forget(clientId: string): void {
    all.value = all.value.filter((each) => each.clientId !== clientId);
  }

  return { text, all, underway, send, retry, edit, insert, typing };
});

/** `crypto.randomUUID` is missing on pages without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
