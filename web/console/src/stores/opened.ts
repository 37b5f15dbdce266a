import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  ConversationDetail,
  ConversationSummary,
  Handoff,
  HandoffPacket,
  StaffMessage,
} from '../../../shared/api';
import type { CustomerBrief, TicketBrief } from '../../../shared/api/inbox';
import { useInbox } from '../api';
import { isMissing } from '../format/problem';
import {
  askFrom,
  askRecentFrom,
  isAnswer,
  merge,
  outcomesOf,
  PAGE,
  withDeliveries,
  withoutRecalled,
} from './message-list';
import { useSession } from './session';

/** Below it a ranked answer has next to nothing to do with the question. */
const WORTH_SHOWING = 0.05;

/** What the customer said is read by the bot within this time: one question brings it all. */
const READ_MS = 600;

/** What of a summary changes when somebody speaks. */
const CONTENT = ['last_message', 'unread', 'sentiment', 'anger', 'category', 'deadline'] as const;

/** The conversation in the middle, with all that the right side shows. */
export const useOpened = defineStore('opened', () => {
  const inbox = useInbox();
  const session = useSession();

  const id = ref<string | null>(null);
  const detail = ref<ConversationDetail | null>(null);
  const messages = ref<StaffMessage[]>([]);
  const handoffs = ref<Handoff[]>([]);
  /** The packet as it would be now. */
  const current = ref<HandoffPacket | null>(null);
  const tickets = ref<TicketBrief[]>([]);
  const customer = ref<CustomerBrief | null>(null);
  /** Texts of masked messages that were asked for, by `seq`; gone with the conversation. */
  const revealed = ref<ReadonlyMap<number, string>>(new Map());
  const error = ref<unknown>(null);
  const loading = ref(false);
  /** Packet, tickets and customer have been asked for. */
  const surrounded = ref(false);
  /** It went to another team, whose conversations are not shown here. */
  const gone = ref(false);

  let packetTimer: ReturnType<typeof setTimeout> | undefined;
  /** There is no such conversation, or not for who looks. */
  const missing = computed(() => detail.value === null && isMissing(error.value));

  /** Newest `seq` of the customer the desk was told the agent has seen. */
  let toldSeen = 0;

  const mine = computed(
    () => detail.value?.state === 'active' && detail.value.owner?.id === session.user?.id,
  );
  /** A colleague's conversation is for a supervisor to take over. */
  const mayTake = computed(() => {
    const { state } = detail.value ?? {};
    if (!state || mine.value || state === 'closed') return false;
    return state !== 'active' || session.maySupervise;
  });
  const mayTicket = computed(() => detail.value !== null && (mine.value || session.maySupervise));
  /** Ended for the customer, the form is still to be written. */
  const wrappingUp = computed(
    () => detail.value?.state === 'wrap_up' && detail.value.owner?.id === session.user?.id,
  );
  const lastSeq = computed(() => messages.value.at(-1)?.seq ?? 0);
  /** The newest answer that the customer has seen. */
  const readSeq = computed(() => {
    const seen = detail.value?.customer_read_seq ?? 0;
    return messages.value.findLast((message) => message.seq <= seen && isAnswer(message))?.seq;
  });
  const packet = computed(() => current.value ?? handoffs.value.at(-1)?.packet ?? null);
  const suggestions = computed(() =>
    (packet.value?.suggested_answers ?? []).filter(
      (answer) => (answer.score ?? 1) >= WORTH_SHOWING,
    ),
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
    current.value = null;
    clearTimeout(packetTimer);
    tickets.value = [];
    customer.value = null;
    revealed.value = new Map();
    error.value = null;
    loading.value = surrounded.value = false;
    gone.value = false;
    toldSeen = 0;
  }

  /** The conversation has become another team's: nothing of it stays on the page. */
  function lose(wanted: string): void {
    if (id.value !== wanted) return;
    clear();
    id.value = wanted;
    gone.value = true;
  }

  /** Ask for everything again, and of the messages for the recent ones. */
  async function refresh(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    try {
      const [found] = await Promise.all([
        inbox.conversation(wanted),
        readMessages(wanted, askRecentFrom(messages.value)),
      ]);
      if (id.value !== wanted) return;
      detail.value = found;
      error.value = null;
      gone.value = loading.value = false;
      await readSurroundings(wanted, found.customer.id);
    } catch (problem) {
      if (id.value === wanted) error.value = problem;
    } finally {
      if (id.value === wanted) loading.value = false;
    }
  }

  async function readMessages(wanted: string, from: number): Promise<void> {
    let after = from;
    for (;;) {
      const page = await inbox.messages(wanted, after);
      if (id.value !== wanted) return;
      receive(wanted, page.messages);
      messages.value = withoutRecalled(messages.value, page.recalled);
      messages.value = withDeliveries(messages.value, page.undelivered ?? []);
      if (page.messages.length < PAGE) return;
      after = page.next;
    }
  }

  function receive(conversationId: string, news: readonly StaffMessage[]): void {
    if (id.value === conversationId) messages.value = merge(messages.value, news);
  }

  /** Packet, tickets and customer: the conversation can be read without them. */
  async function readSurroundings(wanted: string, customerId: string): Promise<void> {
    const [hops, found, who] = await Promise.allSettled([
      inbox.handoffs(wanted),
      inbox.tickets(wanted),
      inbox.customer(customerId),
    ]);
    if (id.value !== wanted) return;
    if (hops.status === 'fulfilled') {
      handoffs.value = hops.value.items;
      current.value = hops.value.now;
    }
    if (found.status === 'fulfilled') tickets.value = found.value;
    if (who.status === 'fulfilled') customer.value = who.value;
    surrounded.value = true;
  }

  /** Once the customer has said something: the packet of now, and nothing besides. */
  function readPacketSoon(wanted: string): void {
    clearTimeout(packetTimer);
    packetTimer = setTimeout(() => void readPacket(wanted), READ_MS);
  }

  async function readPacket(wanted: string): Promise<void> {
    try {
      const { now } = await inbox.handoffs(wanted);
      if (id.value === wanted) current.value = now;
    } catch {
      // what is shown stays; the next change asks again
    }
  }

  /** The desk says this conversation has changed, and which of its old messages have. */
  async function changed(summary: ConversationSummary, again: readonly number[]): Promise<void> {
    const before = detail.value;
    if (id.value === summary.id && gone.value) return refresh();
    if (id.value !== summary.id || !before) return;
    detail.value = { ...before, ...summary };
    const moved = hasMoved(before, summary);
    const outcomes = outcomesOf(messages.value);
    const from = Math.min(askFrom(messages.value), ...again.map((seq) => seq - 1));
    try {
      const [found] = await Promise.all([
        saysAll(before, summary) ? null : inbox.conversation(summary.id),
        readMessages(summary.id, from),
      ]);
      if (found && id.value === summary.id) detail.value = found;
    } catch (problem) {
      if (id.value === summary.id) error.value = problem;
      return;
    }
    if (moved || outcomes !== outcomesOf(messages.value)) {
      await readSurroundings(summary.id, summary.customer.id);
    }
    if (current.value && summary.last_message?.author === 'customer') readPacketSoon(summary.id);
  }

  function customerRead(conversationId: string, seq: number): void {
    const known = detail.value;
    if (id.value !== conversationId || !known || seq <= known.customer_read_seq) return;
    detail.value = { ...known, customer_read_seq: seq };
  }

  /** What the desk answers to a move of the agent, and what follows from it. */
  async function moved(found: ConversationDetail): Promise<void> {
    if (id.value !== found.id) return;
    detail.value = found;
    await refresh();
  }

  function reveal(conversationId: string, seq: number, text: string): void {
    if (id.value === conversationId) revealed.value = new Map(revealed.value).set(seq, text);
  }

  function reached(conversationId: string, reach: ConversationDetail['reach']): void {
    if (id.value === conversationId && detail.value) detail.value = { ...detail.value, reach };
  }

  /** Tell the desk that the agent sees what is here; once for what the customer said last. */
  async function seen(): Promise<void> {
    const wanted = id.value;
    const said = messages.value.findLast((message) => message.author === 'customer')?.seq ?? 0;
    const last = messages.value.at(-1);
    if (wanted === null || !mine.value || !last || said <= toldSeen) return;
    toldSeen = said;
    try {
      await inbox.read(wanted, last.seq);
    } catch {
      if (id.value === wanted) toldSeen = 0;
    }
  }

  return {
    id,
    detail,
    messages,
    handoffs,
    current,
    tickets,
    customer,
    revealed,
    error,
    loading,
    surrounded,
    gone,
    missing,
    mine,
    mayTake,
    mayTicket,
    wrappingUp,
    lastSeq,
    readSeq,
    packet,
    suggestions,
    open,
    clear,
    lose,
    refresh,
    changed,
    customerRead,
    receive,
    moved,
    reveal,
    reached,
    seen,
  };
});

function hasMoved(before: ConversationSummary, now: ConversationSummary): boolean {
  return (
    before.state !== now.state ||
    before.owner?.id !== now.owner?.id ||
    before.priority !== now.priority
  );
}

/**
 * Whether the summary says what has changed, so that the rest need not be asked for: somebody has
 * spoken in a conversation that goes on. How far a customer elsewhere can be reached is not in it.
 */
function saysAll(before: ConversationDetail, now: ConversationSummary): boolean {
  if (hasMoved(before, now) || before.reach || !['bot', 'active'].includes(now.state)) return false;
  return CONTENT.some((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}
