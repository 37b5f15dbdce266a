import type {
  Attachment,
  Message,
  VisitorConversation,
  VisitorMessages,
  VisitorServerFrame,
} from '../../../shared/api';
import type { Survey } from '../../../shared/api/visitor';
import { Connection } from './connection';
import { Files } from './files';
import { Refused, type VisitorApi } from './http';
import { Outbox, type Outgoing } from './outbox';
import { Sender } from './sender';
import type { ChatState, JoinCodeResult, LeaveWordResult, RatingResult } from './state';
import type { Store } from './store';
import { arrange, Timeline } from './timeline';
import type { OpenTransport } from './transport';
import { Typing } from './typing';
import { Visit, type Kept } from './visit';

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

/** States in which somebody is there to answer. */
const ANSWERED: readonly string[] = ['bot', 'queued', 'active'];
const ENDED: readonly string[] = ['wrap_up', 'closed'];
/** One fresh session when a token is refused; were that refused too, asking on would be a loop. */
const REFUSALS_BEFORE_BARRED = 2;

/** A visitor's conversation with the desk, without any page around it. */
export class ChatSession {
  readonly files: Files;
  private readonly visit: Visit;
  private readonly timeline = new Timeline();
  private readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly typist: Typing;
  private readonly sender: Sender;
  private conversation: VisitorConversation | null = null;
  private refusals = 0;
  private renewed = false;
  private told = 0;
  private listeners = new Set<() => void>();

  constructor(private readonly parts: ChatParts) {
    this.outbox = new Outbox(parts.outbox);
    this.sender = new Sender(
      this.outbox,
      (frame) => this.connection.send(frame),
      () => this.changed(),
    );
    this.visit = new Visit(parts.kept, () => parts.api.openSession());
    this.files = new Files(parts.api, this.visit, parts.newId, {
      changed: () => this.changed(),
      unauthorised: () => this.refused(),
    });
    this.typist = new Typing(() => this.changed());
    this.connection = new Connection(
      parts.openSocket,
      parts.openPoll,
      {
        token: () => this.visit.token(),
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
      files: this.files.underway,
      refusedFiles: this.files.refused,
      surveyDue: this.surveyDue(),
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
    if (this.visit.current || this.outbox.unaccepted.length > 0) this.connect();
  }

  stop(): void {
    this.sender.stop();
    this.files.stop();
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

  /** Send a message; its files have been sent up before. */
  send(text: string, attachments: readonly Attachment[] = []): void {
    const trimmed = text.trim();
    if (!trimmed && attachments.length === 0) return;
    const outgoing: Outgoing = {
      clientId: this.parts.newId(),
      text: trimmed,
      attachments,
      createdAt: new Date(this.parts.now()).toISOString(),
      state: 'sending',
      problem: null,
    };
    this.outbox.add(outgoing);
    this.connect();
    this.sender.post(outgoing);
    this.changed();
  }

  /** Send a failed message again, as the same message. */
  retry(clientId: string): void {
    if (!this.outbox.change(clientId, { state: 'sending', problem: null })) return;
    if (this.barred) this.refusals = 0;
    this.connect();
    this.connection.hurry();
    const outgoing = this.outbox.all.find((item) => item.clientId === clientId);
    if (outgoing) this.sender.post(outgoing);
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
    if (this.visit.see(last)) this.changed();
    if (last > this.told && this.connection.status === 'online') {
      this.told = last;
      this.connection.send({ type: 'read', seq: last });
    }
  }

  /** Answers the survey. */
  async rate(survey: Survey): Promise<RatingResult> {
    let result: RatingResult = 'stored';
    try {
      await this.parts.api.rate(await this.visit.token(), survey);
    } catch (error) {
      if (!isRefused(error, 'already_rated')) return 'failed';
      result = 'already';
    }
    if (this.conversation) this.conversation = { ...this.conversation, rated: true };
    this.changed();
    return result;
  }

  /** The visitor would rather not answer the survey. */
  skipSurvey(): void {
    this.visit.skipSurvey();
    this.changed();
  }

  /** Turns the wait for a person into a ticket; both words may be empty. */
  async leaveWord(text: string, contact: string): Promise<LeaveWordResult> {
    try {
      return await this.parts.api.leaveWord(await this.visit.token(), text, contact);
    } catch (error) {
      if (isRefused(error, 'contact_unreadable')) return 'contact';
      return isRefused(error, 'not_waiting') ? 'gone' : 'failed';
    }
  }

  /** A code that goes on with the conversation on WeChat. */
  async joinCode(): Promise<JoinCodeResult> {
    try {
      return await this.parts.api.joinCode(await this.visit.token());
    } catch (error) {
      return isRefused(error, 'too_many_codes') ? 'often' : 'failed';
    }
  }

  private get barred(): boolean {
    return this.refusals >= REFUSALS_BEFORE_BARRED;
  }

  private connect(): void {
    if (!this.barred) this.connection.start();
  }

  /** An upload was refused; the connection may still live on the old token. */
  private refused(): void {
    this.connection.stop();
    this.renew();
  }

  /** The token is worth nothing: begin again, with what has not been accepted yet. */
  private renew(): void {
    this.refusals += 1;
    this.renewed = true;
    this.visit.end();
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
        this.sender.settle(frame.client_id, { state: 'accepted', problem: null });
        break;
      case 'error':
        if (frame.client_id) {
          const problem = frame.error.message || frame.error.code;
          this.sender.settle(frame.client_id, { state: 'failed', problem });
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
    this.timeline.recall(news.recalled);
    if (news.pending.length === 0 && this.typist.author === 'bot') this.typist.over();
    if (news.pending.length > 0 && news.conversation.state === 'bot') this.typist.seen('bot');
    this.sender.postAll();
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
    this.files.lost();
    this.conversation = null;
    this.told = 0;
    this.typist.over();
  }

  private add(messages: readonly Message[]): void {
    const fresh = this.timeline.add(messages);
    const own = fresh.filter((message) => message.author === 'customer' && message.client_id);
    const arrived = new Set(own.map((message) => message.client_id as string));
    this.sender.arrived(arrived);
    if (fresh.some((message) => message.author === this.typist.author)) this.typist.over();
  }

  private unread(): number {
    const { seen } = this.visit;
    return this.timeline.all.filter(
      (message) => message.seq > seen && message.author !== 'customer',
    ).length;
  }

  private surveyDue(): boolean {
    const { conversation } = this;
    if (!conversation || !ENDED.includes(conversation.state)) return false;
    const { rateable, rated } = conversation;
    return rateable && !rated && !this.visit.surveySkipped;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function isRefused(error: unknown, code: string): boolean {
  return error instanceof Refused && error.body.code === code;
}
