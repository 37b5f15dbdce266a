import { createPinia, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import type {
  ConversationDetail,
  ConversationList,
  ConversationSummary,
  Customer,
  Handoff,
  MessageLabels,
  StaffMessage,
  StaffMessages,
  Ticket,
  User,
  View,
} from '../../shared/api';
import { DESK } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import { belongs, VIEWS } from '../src/stores/lists';
import { useSession } from '../src/stores/session';

export const ME: User = { id: 'me', username: 'agent', display_name: '林小满', role: 'agent' };

export function summary(change: Partial<ConversationSummary> = {}): ConversationSummary {
  return {
    id: 'c1',
    state: 'queued',
    channel: 'web',
    customer: { id: 'u1', display_name: '陈女士', tier: 'vip' },
    owner: null,
    priority: 'P3',
    category: null,
    sentiment: null,
    anger: false,
    last_message: { author: 'customer', text: '在吗', created_at: '2025-01-18T08:00:00Z' },
    unread: 0,
    queued_at: '2025-01-18T08:00:00Z',
    first_response_due_at: null,
    updated_at: '2025-01-18T08:00:00Z',
    ...change,
  };
}

export function message(seq: number, change: Partial<StaffMessage> = {}): StaffMessage {
  return {
    id: `m${seq}`,
    seq,
    author: 'customer',
    kind: 'text',
    text: `text ${seq}`,
    buttons: [],
    client_id: null,
    reply_to: null,
    author_name: null,
    created_at: '2025-01-18T08:00:00Z',
    suppressed: false,
    turn: { outcome: 'faq', intent: null, release: 1 },
    labels: {} as MessageLabels,
    ...change,
  };
}

/** A desk in memory with one conversation after another. */
export class FakeDesk {
  readonly conversationsById = new Map<string, ConversationSummary>();
  messagesById = new Map<string, StaffMessage[]>();
  hops: Handoff[] = [];
  failing: Error | null = null;
  readonly asked: string[] = [];
  readonly replies: { id: string; text: string; clientId: string }[] = [];
  pageSize = 200;

  put(item: ConversationSummary): ConversationSummary {
    this.conversationsById.set(item.id, item);
    return item;
  }

  async conversations(view: View): Promise<ConversationList> {
    this.note(`list ${view}`);
    const all = [...this.conversationsById.values()];
    const inView = (each: View): ConversationSummary[] =>
      all.filter((item) => belongs(item, each, ME.id));
    const counts = Object.fromEntries(VIEWS.map((each) => [each, inView(each).length]));
    return { items: inView(view), counts: counts as Record<View, number> };
  }

  async conversation(id: string): Promise<ConversationDetail> {
    this.note(`show ${id}`);
    const found = this.conversationsById.get(id);
    if (!found) throw new Error('not found');
    return {
      ...found,
      handoff_count: 0,
      rating: null,
      responsible: null,
      created_at: found.updated_at,
      closed_at: null,
    };
  }

  async messages(id: string, after: number): Promise<StaffMessages> {
    this.note(`messages ${id} ${after}`);
    const all = (this.messagesById.get(id) ?? []).filter((each) => each.seq > after);
    const messages = all.slice(0, this.pageSize);
    return { messages, next: messages.at(-1)?.seq ?? after };
  }

  async take(id: string): Promise<ConversationDetail> {
    this.note(`take ${id}`);
    this.put({ ...summary({ id }), state: 'active', owner: ME });
    return this.conversation(id);
  }

  async reply(id: string, text: string, clientId: string): Promise<StaffMessage> {
    this.note(`reply ${id}`);
    this.replies.push({ id, text, clientId });
    const seq = (this.messagesById.get(id)?.at(-1)?.seq ?? 0) + 1;
    const stored = message(seq, { author: 'agent', text, client_id: clientId });
    this.messagesById.set(id, [...(this.messagesById.get(id) ?? []), stored]);
    return stored;
  }

  async read(id: string, seq: number): Promise<void> {
    this.note(`read ${id} ${seq}`);
  }

  async typing(id: string): Promise<void> {
    this.note(`typing ${id}`);
  }

  async handoffs(): Promise<Handoff[]> {
    return this.hops;
  }

  async tickets(): Promise<Ticket[]> {
    return [];
  }

  async customer(): Promise<Customer> {
    throw new Error('customer is not needed to read a conversation');
  }

  private note(what: string): void {
    this.asked.push(what);
    if (this.failing) throw this.failing;
  }
}

/** Stores on a fake desk, with an agent signed in. */
export function withStores(): FakeDesk {
  const desk = new FakeDesk();
  const app = createApp({});
  const pinia = createPinia();
  app.provide(DESK, desk as unknown as DeskApi);
  app.use(pinia);
  setActivePinia(pinia);
  const session = useSession();
  session.user = ME;
  session.known = true;
  return desk;
}
