import type {
  Author,
  Message,
  VisitorConversation,
  VisitorMessages,
  VisitorServerFrame,
} from '../../../shared/api';
import { Connection, type ConnectionStatus } from './connection';
import { Refused, type VisitorApi } from './http';
import { Outbox, type Outgoing } from './outbox';
import type { Store } from './store';
import { arrange, Timeline, type TimelineItem } from './timeline';
import type { OpenTransport } from './transport';
import { Typing } from './typing';

/** What the browser keeps between two visits. */
export interface Kept {
  token: string;
  /** Newest `seq` the visitor has seen. */
  seen: number;
}

export interface ChatParts {
  api: VisitorApi;
  openSocket: OpenTransport;
  openPoll: OpenTransport;
  kept: Store<Kept>;
  outbox: Store<Outgoing[]>;
  newId: () => string;
  now: () => number;
  random: () => number;
}

export interface ChatState {
  connection: ConnectionStatus;
  conversation: VisitorConversation | null;
  items: readonly TimelineItem[];
  typing: Author | null;
  unread: number;
  /** The token was refused and a new conversation begun. */
  renewed: boolean;
  /** No session can be had; only `restart` tries again. */
  barred: boolean;
}

export type RatingResult = 'stored' | 'already' | 'failed';

/** States in which somebody is there to answer. */
const ANSWERED: readonly string[] = ['bot', 'queued', 'active'];
const ACCEPTED_WITHIN_MS = 20_000;
/** One fresh session when a token is refused; were that refused too, asking on would be a loop. */
const REFUSALS_BEFORE_BARRED = 2;

/** A visitor's conversation with the desk, without any page around it. */
export class ChatSession {
  private readonly timeline = new Timeline();
  private readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly typist: Typing;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private conversation: VisitorConversation | null = null;
  private refusals = 0;
  private renewed = false;
  private told = 0;
  private listeners = new Set<() => void>();

  constructor(private readonly parts: ChatParts) {
    this.outbox = new Outbox(parts.outbox);
    this.typist = new Typing(() => this.changed());
    this.connection = new Connection(
      parts.openSocket,
      parts.openPoll,
      {
        token: () => this.token(),
        after: () => this.timeline.last,
        frame: (frame) => this.take(frame),
        unauthorised: () => this.renew(),
        changed: () => this.connectionChanged(),
      },
      parts.random,
    );
  }

  get state(): ChatState {
    return {
      connection: this.connection.status,
      conversation: this.conversation,
      items: arrange(this.timeline.all, this.outbox.all, this.conversation?.agent_read_seq ?? 0),
      typing: this.typist.author,
      unread: this.unread(),
      renewed: this.renewed,
      barred: this.barred,
    };
  }

  /** Calls `listener` after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Go on with what an earlier visit began; a first-time visitor is not connected before writing. */
  resume(): void {
    if (this.parts.kept.read() || this.outbox.unaccepted.length > 0) this.connect();
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.connection.stop();
  }

  /** The network is said to be back, or the page to be seen again. */
  hurry(): void {
    this.connection.hurry();
  }

  /** Try again after having been barred. */
  restart(): void {
    this.refusals = 0;
    this.connect();
    this.changed();
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (!trimmed) return;
    const outgoing: Outgoing = {
      clientId: this.parts.newId(),
      text: trimmed,
      createdAt: new Date(this.parts.now()).toISOString(),
      state: 'sending',
      problem: null,
    };
    this.outbox.add(outgoing);
    this.connect();
    this.post(outgoing);
    this.changed();
  }

  /** Send a failed message again, as the same message. */
  retry(clientId: string): void {
    if (!this.outbox.change(clientId, { state: 'sending', problem: null })) return;
    if (this.barred) this.refusals = 0;
    this.connect();
    this.connection.hurry();
    const outgoing = this.outbox.all.find((item) => item.clientId === clientId);
    if (outgoing) this.post(outgoing);
    this.changed();
  }

  /** The visitor is typing; a person on the other side likes to know. */
  typing(): void {
    const withPerson = ['queued', 'active'].includes(this.conversation?.state ?? '');
    if (withPerson && this.typist.shouldTell(this.parts.now())) {
      this.connection.send({ type: 'typing' });
    }
  }

  /** The visitor sees everything that is here. */
  seen(): void {
    const last = this.timeline.last;
    const kept = this.parts.kept.read();
    if (kept && last > kept.seen) {
      this.parts.kept.write({ ...kept, seen: last });
      this.changed();
    }
    if (last > this.told && this.connection.status === 'online') {
      this.told = last;
      this.connection.send({ type: 'read', seq: last });
    }
  }

  async rate(score: number, comment: string): Promise<RatingResult> {
    const kept = this.parts.kept.read();
    if (!kept) return 'failed';
    let result: RatingResult = 'stored';
    try {
      await this.parts.api.rate(kept.token, score, comment.trim());
    } catch (error) {
      if (!(error instanceof Refused && error.body.code === 'already_rated')) return 'failed';
      result = 'already';
    }
    if (this.conversation) this.conversation = { ...this.conversation, rating: score };
    this.changed();
    return result;
  }

  private get barred(): boolean {
    return this.refusals >= REFUSALS_BEFORE_BARRED;
  }

  private connect(): void {
    if (!this.barred) this.connection.start();
  }

  private async token(): Promise<string> {
    const kept = this.parts.kept.read();
    if (kept) return kept.token;
    const { token } = await this.parts.api.openSession();
    this.parts.kept.write({ token, seen: 0 });
    return token;
  }

  /** The token is worth nothing: begin again, with what has not been accepted yet. */
  private renew(): void {
    this.refusals += 1;
    this.renewed = true;
    this.parts.kept.write(null);
    this.outbox.dropAccepted();
    this.forget();
    this.connect();
    this.changed();
  }

  private take(frame: VisitorServerFrame): void {
    switch (frame.type) {
      case 'ready':
        this.ready(frame);
        break;
      case 'message':
        this.add([frame.message]);
        break;
      case 'accepted':
        this.settle(frame.client_id, { state: 'accepted', problem: null });
        break;
      case 'error':
        if (frame.client_id) {
          const problem = frame.error.message || frame.error.code;
          this.settle(frame.client_id, { state: 'failed', problem });
        }
        break;
      case 'conversation':
        this.know(frame.conversation);
        break;
      case 'typing':
        this.typist.seen(frame.author);
        break;
      case 'handled':
        if (this.typist.author === 'bot') this.typist.over();
        break;
    }
    this.changed();
  }

  private ready(news: VisitorMessages): void {
    this.refusals = 0;
    if (this.conversation && this.conversation.id !== news.conversation.id) {
      this.startOver();
      return;
    }
    this.know(news.conversation);
    this.add(news.messages);
    if (news.pending.length === 0 && this.typist.author === 'bot') this.typist.over();
    if (news.pending.length > 0 && news.conversation.state === 'bot') this.typist.seen('bot');
    for (const outgoing of this.outbox.unaccepted) {
      this.outbox.change(outgoing.clientId, { state: 'sending' });
      this.post(outgoing);
    }
  }

  private know(conversation: VisitorConversation): void {
    this.conversation = conversation;
    if (!ANSWERED.includes(conversation.state)) this.typist.over();
  }

  private connectionChanged(): void {
    if (this.connection.status === 'offline') this.typist.over();
    this.changed();
  }

  /** Another tab of this page has begun a new conversation: show that one, from its beginning. */
  private startOver(): void {
    this.forget();
    this.connection.stop();
    this.connection.start();
  }

  private forget(): void {
    this.timeline.clear();
    this.conversation = null;
    this.told = 0;
    this.typist.over();
  }

  private add(messages: readonly Message[]): void {
    const fresh = this.timeline.add(messages);
    const own = fresh.filter((message) => message.author === 'customer' && message.client_id);
    const arrived = new Set(own.map((message) => message.client_id as string));
    for (const clientId of arrived) this.forgetTimer(clientId);
    this.outbox.remove(arrived);
    if (fresh.some((message) => message.author === this.typist.author)) this.typist.over();
  }

  private post(outgoing: Outgoing): void {
    const { clientId, text } = outgoing;
    this.connection.send({ type: 'message', text, client_id: clientId });
    this.forgetTimer(clientId);
    const timer = setTimeout(() => this.settle(clientId, { state: 'failed' }), ACCEPTED_WITHIN_MS);
    this.timers.set(clientId, timer);
  }

  private settle(clientId: string, change: Partial<Outgoing>): void {
    this.forgetTimer(clientId);
    if (this.outbox.change(clientId, change)) this.changed();
  }

  private forgetTimer(clientId: string): void {
    clearTimeout(this.timers.get(clientId));
    this.timers.delete(clientId);
  }

  private unread(): number {
    const seen = this.parts.kept.read()?.seen ?? 0;
    return this.timeline.all.filter(
      (message) => message.seq > seen && message.author !== 'customer',
    ).length;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
