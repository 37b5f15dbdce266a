import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  ConversationDetail,
  ConversationSummary,
  Customer,
  Handoff,
  StaffMessage,
  Ticket,
} from '../../../shared/api';
import { useDesk } from '../api';
import { useSession } from './session';

/** Below it a ranked answer has next to nothing to do with the question. */
const WORTH_SHOWING = 0.05;

/** Labels and turns are added to a message a moment after it came: so many are asked for again. */
const ASK_AGAIN = 20;

/** Takes messages in: each `seq` once, in order, the newer copy wins. */
export function merge(
  known: readonly StaffMessage[],
  news: readonly StaffMessage[],
): StaffMessage[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of news) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** The `seq` after which to ask: before the oldest recent message that is not finished yet. */
export function askFrom(messages: readonly StaffMessage[]): number {
  const recent = messages.slice(-ASK_AGAIN);
  const unfinished = recent.find(
    (message) => message.author === 'customer' && (!message.labels || !message.turn?.outcome),
  );
  return unfinished ? unfinished.seq - 1 : (messages.at(-1)?.seq ?? 0);
}

/** The conversation in the middle, with all that the right side shows. */
export const useOpened = defineStore('opened', () => {
  const desk = useDesk();
  const session = useSession();

  const id = ref<string | null>(null);
  const detail = ref<ConversationDetail | null>(null);
  const messages = ref<StaffMessage[]>([]);
  const handoffs = ref<Handoff[]>([]);
  const tickets = ref<Ticket[]>([]);
  const customer = ref<Customer | null>(null);
  const error = ref<unknown>(null);
  const loading = ref(false);

  /** Newest `seq` of the customer the desk was told the agent has seen. */
  let toldSeen = 0;

  const mine = computed(
    () => detail.value?.state === 'active' && detail.value.owner?.id === session.user?.id,
  );
  const packet = computed(() => handoffs.value.at(-1)?.packet ?? null);
  const suggestions = computed(() =>
    (packet.value?.suggested_answers ?? []).filter((answer) => answer.score >= WORTH_SHOWING),
  );

  async function open(wanted: string): Promise<void> {
    if (id.value !== wanted) {
      clear();
      id.value = wanted;
      loading.value = true;
    }
    await refresh();
  }

  function clear(): void {
    id.value = null;
    detail.value = null;
    messages.value = [];
    handoffs.value = [];
    tickets.value = [];
    customer.value = null;
    error.value = null;
    loading.value = false;
    toldSeen = 0;
  }

  /** Ask for everything again, messages from where they end. */
  async function refresh(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    try {
      const [found] = await Promise.all([desk.conversation(wanted), readMessages(wanted)]);
      if (id.value !== wanted) return;
      detail.value = found;
      error.value = null;
      await readSurroundings(wanted, found.customer.id);
    } catch (problem) {
      if (id.value === wanted) error.value = problem;
    } finally {
      if (id.value === wanted) loading.value = false;
    }
  }

  async function readMessages(wanted: string): Promise<void> {
    let after = askFrom(messages.value);
    for (;;) {
      const page = await desk.messages(wanted, after);
      if (id.value !== wanted || page.messages.length === 0) return;
      receive(wanted, page.messages);
      if (page.next <= after) return;
      after = page.next;
    }
  }

  function receive(conversationId: string, news: readonly StaffMessage[]): void {
    if (id.value === conversationId) messages.value = merge(messages.value, news);
  }

  /** Packet, tickets and customer: the conversation can be read without them. */
  async function readSurroundings(wanted: string, customerId: string): Promise<void> {
    const [hops, found, who] = await Promise.allSettled([
      desk.handoffs(wanted),
      desk.tickets({ conversation_id: wanted }),
      desk.customer(customerId),
    ]);
    if (id.value !== wanted) return;
    if (hops.status === 'fulfilled') handoffs.value = hops.value;
    if (found.status === 'fulfilled') {
      tickets.value = found.value.filter((ticket) => ticket.conversation_id === wanted);
    }
    if (who.status === 'fulfilled') customer.value = who.value;
  }

  /** The desk says this conversation has changed. */
  async function changed(summary: ConversationSummary): Promise<void> {
    const before = detail.value;
    if (id.value !== summary.id || !before) return;
    detail.value = { ...before, ...summary };
    const moved =
      before.state !== summary.state ||
      before.owner?.id !== summary.owner?.id ||
      before.priority !== summary.priority;
    const outcomes = outcomesOf(messages.value);
    try {
      const [found] = await Promise.all([desk.conversation(summary.id), readMessages(summary.id)]);
      if (id.value === summary.id) detail.value = found;
    } catch (problem) {
      if (id.value === summary.id) error.value = problem;
      return;
    }
    if (moved || outcomes !== outcomesOf(messages.value)) {
      await readSurroundings(summary.id, summary.customer.id);
    }
  }

  async function take(): Promise<void> {
    await move((wanted) => desk.take(wanted));
  }

  async function returnToBot(note: string): Promise<void> {
    await move((wanted) => desk.returnToBot(wanted, note));
  }

  async function close(): Promise<void> {
    await move((wanted) => desk.close(wanted));
  }

  async function move(act: (wanted: string) => Promise<ConversationDetail>): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    const found = await act(wanted);
    if (id.value !== wanted) return;
    detail.value = found;
    await refresh();
  }

  /** Tell the desk that the agent sees what is here; once for what the customer said last. */
  async function seen(): Promise<void> {
    const wanted = id.value;
    const said = messages.value.findLast((message) => message.author === 'customer')?.seq ?? 0;
    const last = messages.value.at(-1);
    if (wanted === null || !mine.value || !last || said <= toldSeen) return;
    toldSeen = said;
    try {
      await desk.read(wanted, last.seq);
    } catch {
      if (id.value === wanted) toldSeen = 0;
    }
  }

  return {
    id,
    detail,
    messages,
    handoffs,
    tickets,
    customer,
    error,
    loading,
    mine,
    packet,
    suggestions,
    open,
    clear,
    refresh,
    changed,
    take,
    receive,
    returnToBot,
    close,
    seen,
  };
});

function outcomesOf(messages: readonly StaffMessage[]): string {
  return messages.map((message) => message.turn?.outcome ?? '').join();
}
