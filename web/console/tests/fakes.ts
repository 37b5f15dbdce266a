import { createPinia, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import type {
  Agent,
  Attachment,
  ConversationDetail,
  ConversationList,
  ConversationSummary,
  Handoff,
  HandoffPacket,
  Handoffs,
  MessageLabels,
  StaffMessage,
  StaffMessages,
  User,
  View,
  Viewer,
} from '../../shared/api';
import type {
  InboxFilter,
  NewNote,
  NewReply,
  ReadyReply,
  TicketBrief,
} from '../../shared/api/inbox';
import { DESK, INBOX } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import { ApiError } from '../src/api/http';
import type { InboxApi } from '../src/api/inbox';
import { belongs, fits, VIEWS } from '../src/stores/lists';
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
    language: 'zh',
    tags: [],
    deadline: null,
    wanted: null,
    viewers: 0,
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
    quote: null,
    attachments: [],
    recalled: false,
    created_at: '2025-01-18T08:00:00Z',
    author_id: null,
    suppressed: false,
    private: false,
    mentions: [],
    masked: false,
    turn: { outcome: 'faq', intent: null, meant: null, release: 1 },
    labels: {} as MessageLabels,
    ...change,
  };
}

export function agent(change: Partial<Agent> = {}): Agent {
  return {
    id: 'a1',
    username: 'zhou',
    display_name: '周敏',
    role: 'agent',
    active: true,
    team: null,
    presence: 'online',
    effective_presence: 'online',
    presence_since: null,
    capacity: 5,
    load: 0,
    skills: [],
    languages: ['zh'],
    channels: [],
    email: null,
    ...change,
  };
}

/** A desk in memory with one conversation after another. */
export class FakeDesk {
  readonly conversationsById = new Map<string, ConversationSummary>();
  messagesById = new Map<string, StaffMessage[]>();
  recalled: number[] = [];
  hops: Handoff[] = [];
  now: HandoffPacket | null = null;
  askedHops = 0;
  people: Agent[] = [];
  lookers: Viewer[] = [];
  failing: Error | null = null;
  /** What stands after `after_seq` of the next reply, and holds it back. */
  crossing: number[] = [];
  readonly asked: string[] = [];
  readonly replies: (NewReply & { id: string })[] = [];
  readonly notes: (NewNote & { id: string })[] = [];

  put(item: ConversationSummary): ConversationSummary {
    this.conversationsById.set(item.id, item);
    return item;
  }

  async conversations(
    view: View,
    filter: InboxFilter,
    cursor: string | null,
    limit: number,
  ): Promise<ConversationList> {
    this.noted(`list ${view}${cursor ? ` after ${cursor}` : ''}`);
    const all = [...this.conversationsById.values()];
    const inView = (each: View): ConversationSummary[] =>
      all.filter((item) => belongs(item, each, ME.id));
    const counts = Object.fromEntries(VIEWS.map((each) => [each, inView(each).length]));
    const found = inView(view).filter((item) => fits(item, filter));
    const from = found.findIndex((item) => item.id === cursor) + 1;
    const items = found.slice(from, from + limit);
    const next = from + limit < found.length ? (items.at(-1)?.id ?? null) : null;
    return { items, counts: counts as Record<View, number>, next };
  }

  async conversation(id: string): Promise<ConversationDetail> {
    this.noted(`show ${id}`);
    const found = this.conversationsById.get(id);
    if (!found) throw new Error('not found');
    return {
      ...found,
      customer_read_seq: 0,
      handoff_count: 0,
      rating: null,
      nps: null,
      rating_comment: null,
      responsible: null,
      created_at: found.updated_at,
      closed_at: null,
    };
  }

  async messages(id: string, after: number): Promise<StaffMessages> {
    this.noted(`messages ${id} ${after}`);
    const all = (this.messagesById.get(id) ?? []).filter((each) => each.seq > after);
    const messages = all.slice(0, 200);
    return { messages, next: messages.at(-1)?.seq ?? after, recalled: this.recalled };
  }

  async take(id: string): Promise<ConversationDetail> {
    this.noted(`take ${id}`);
    this.put({ ...summary({ id }), state: 'active', owner: ME });
    return this.conversation(id);
  }

  async reply(id: string, reply: NewReply): Promise<StaffMessage> {
    this.noted(`reply ${id}`);
    if (this.crossing.length && !reply.force) {
      throw new ApiError(409, 'crossed', '有新消息', { newer: this.crossing, customer: [] });
    }
    this.replies.push({ id, ...reply });
    return this.store(id, { author: 'agent', text: reply.text, client_id: reply.client_id });
  }

  async note(id: string, note: NewNote): Promise<StaffMessage> {
    this.noted(`note ${id}`);
    this.notes.push({ id, ...note });
    const { text, client_id, mentions } = note;
    return this.store(id, { author: 'agent', private: true, text, client_id, mentions });
  }

  async recall(id: string, seq: number): Promise<StaffMessage> {
    this.noted(`recall ${id} ${seq}`);
    return message(seq, { author: 'agent', recalled: true, text: '' });
  }

  async upload(
    _id: string,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment> {
    this.noted(`upload ${file.name}`);
    told(0.5);
    await Promise.resolve();
    if (signal.aborted) throw new Error('stopped');
    return { id: `file ${file.name}`, name: file.name, media_type: 'image/png', size: file.size };
  }

  async read(id: string, seq: number): Promise<void> {
    this.noted(`read ${id} ${seq}`);
  }

  async typing(id: string): Promise<void> {
    this.noted(`typing ${id}`);
  }

  async viewing(id: string, typing: boolean): Promise<void> {
    this.noted(`viewing ${id} ${typing}`);
  }

  async viewers(): Promise<Viewer[]> {
    return this.lookers;
  }

  async agents(): Promise<Agent[]> {
    return this.people;
  }

  async readyReplies(): Promise<ReadyReply[]> {
    const text = '订单 【订单号】 正在核实。';
    return [{ shortcut: '核实', title: '正在核实', text, missing: ['order.number'] }];
  }

  async handoffs(): Promise<Handoffs> {
    this.askedHops += 1;
    return { items: this.hops, now: this.now };
  }

  async tickets(): Promise<TicketBrief[]> {
    return [];
  }

  async customer(): Promise<never> {
    throw new Error('customer is not needed to read a conversation');
  }

  private store(id: string, change: Partial<StaffMessage>): StaffMessage {
    const seq = (this.messagesById.get(id)?.at(-1)?.seq ?? 0) + 1;
    const stored = message(seq, change);
    this.messagesById.set(id, [...(this.messagesById.get(id) ?? []), stored]);
    return stored;
  }

  private noted(what: string): void {
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
  app.provide(INBOX, desk as unknown as InboxApi);
  app.use(pinia);
  setActivePinia(pinia);
  const session = useSession();
  session.user = ME;
  session.known = true;
  return desk;
}
