import type {
  Attachment,
  Message,
  MessageAccepted,
  VisitorClientFrame,
  VisitorConversation,
  VisitorMessages,
  VisitorServerFrame,
} from '../../shared/api';
import type { JoinCode, Survey, WordLeft } from '../../shared/api/visitor';
import { ChatSession } from '../src/session/chat-session';
import { Refused, type VisitorApi } from '../src/session/http';
import type { Outgoing } from '../src/session/outbox';
import { pollTransport } from '../src/session/poll-transport';
import { socketTransport } from '../src/session/socket-transport';
import type { Store } from '../src/session/store';
import type { Kept } from '../src/session/visit';

export function conversation(change: Partial<VisitorConversation> = {}): VisitorConversation {
  return {
    id: 'c1',
    state: 'bot',
    agent_name: null,
    queue_position: null,
    expected_wait_seconds: null,
    opens_at: null,
    agent_read_seq: 0,
    rating: null,
    nps: null,
    rated: false,
    rateable: true,
    wechat_accounts: [],
    joined: false,
    ...change,
  };
}

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    author: 'bot',
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
    ...change,
  };
}

export function news(messages: Message[], change: Partial<VisitorMessages> = {}): VisitorMessages {
  return {
    messages,
    next: messages.at(-1)?.seq ?? 0,
    recalled: [],
    conversation: conversation(),
    pending: [],
    ...change,
  };
}

export function memoryStore<T>(value: T | null = null): Store<T> {
  return {
    read: () => value,
    write: (next) => {
      value = next;
    },
  };
}

/** Stands for the browser's socket; the test plays the server. */
export class FakeSocket {
  readyState: number = WebSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: VisitorClientFrame[] = [];

  send(data: string): void {
    this.sent.push(JSON.parse(data) as VisitorClientFrame);
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
  }

  // --- the server's side

  opens(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }

  says(frame: VisitorServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  isReady(what: VisitorMessages = news([])): void {
    this.opens();
    this.says({ type: 'ready', ...what });
  }

  drops(code = 1006): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code });
  }

  get sentMessages(): Extract<VisitorClientFrame, { type: 'message' }>[] {
    return this.sent.filter((frame) => frame.type === 'message');
  }
}

/** A file that is being sent up: the test says how it goes. */
export interface Upload {
  token: string;
  told: (share: number) => void;
  arrives: () => void;
  fails: (why: unknown) => void;
}

/** The HTTP side: answers what the test has put in; a long poll waits until told. */
export class FakeApi implements VisitorApi {
  sessions = 0;
  polls = 0;
  reachable = true;
  refuse: Refused | null = null;
  readonly posted: { text: string; clientId: string; files: readonly string[] }[] = [];
  readonly asked: { after: number; wait: number }[] = [];
  rated: Survey | null = null;
  readonly seen: number[] = [];
  left: { text: string; contact: string } | null = null;
  codes = 0;
  codeUntil = '2999-01-18T08:10:00Z';
  readonly uploads: Upload[] = [];
  readonly opened: string[] = [];
  private waiting: ((value: VisitorMessages) => void) | null = null;
  first: VisitorMessages = news([]);

  async openSession(): Promise<{ token: string; conversation_id: string }> {
    this.check();
    this.sessions += 1;
    return { token: `token-${this.sessions}`, conversation_id: 'c1' };
  }

  async messages(
    _token: string,
    after: number,
    wait: number,
    signal: AbortSignal,
  ): Promise<VisitorMessages> {
    this.polls += 1;
    this.check();
    this.asked.push({ after, wait });
    if (wait === 0) return this.first;
    return new Promise((resolve, reject) => {
      this.waiting = resolve;
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  async send(
    _token: string,
    text: string,
    clientId: string,
    files: readonly string[],
  ): Promise<MessageAccepted> {
    this.check();
    if (this.refuse) throw this.refuse;
    this.posted.push({ text, clientId, files });
    return { id: 'm', seq: this.posted.length, client_id: clientId, duplicate: false };
  }

  async read(_token: string, seq: number): Promise<void> {
    this.check();
    this.seen.push(seq);
  }

  async rate(_token: string, survey: Survey): Promise<void> {
    this.check();
    if (this.refuse) throw this.refuse;
    this.rated = survey;
  }

  async joinCode(): Promise<JoinCode> {
    this.check();
    if (this.refuse) throw this.refuse;
    this.codes += 1;
    return { code: `ABCD-EF2${this.codes}`, expires_at: this.codeUntil };
  }

  async leaveWord(_token: string, text: string, contact: string): Promise<WordLeft> {
    this.check();
    if (this.refuse) throw this.refuse;
    this.left = { text, contact };
    return {
      ticket_number: 'T1',
      first_response_due_at: new Date(Date.now() + 30 * 60_000).toISOString(),
      status_url: 'https://desk.example/t/T1',
    };
  }

  upload(
    token: string,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment> {
    return new Promise((resolve, reject) => {
      const id = `f${this.uploads.length + 1}`;
      const stored = { id, name: file.name, media_type: file.type, size: file.size };
      const arrives = (): void => resolve(stored);
      this.uploads.push({ token, told, arrives, fails: reject });
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  async file(_token: string, id: string): Promise<Blob> {
    this.check();
    this.opened.push(id);
    return new Blob(['content']);
  }

  answersPoll(value: VisitorMessages): void {
    this.waiting?.(value);
  }

  private check(): void {
    if (!this.reachable) throw new TypeError('network');
  }
}

export interface Desk {
  chat: ChatSession;
  api: FakeApi;
  sockets: FakeSocket[];
  /** The newest socket. */
  socket(): FakeSocket;
  kept: Store<Kept>;
  outbox: Store<Outgoing[]>;
}

/** A chat session on fakes; `kept` and `outbox` are what an earlier visit left. */
export function desk(left: { kept?: Kept; outbox?: Outgoing[]; noSockets?: boolean } = {}): Desk {
  const api = new FakeApi();
  const sockets: FakeSocket[] = [];
  const kept = memoryStore<Kept>(left.kept ?? null);
  const outbox = memoryStore<Outgoing[]>(left.outbox ?? null);
  let ids = 0;
  const openSocket = socketTransport('ws://desk/ws', () => {
    if (left.noSockets) throw new Error('WebSocket is blocked');
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
  const chat = new ChatSession({
    api,
    openSocket,
    openPoll: pollTransport(api),
    kept,
    outbox,
    newId: () => `id-${(ids += 1)}`,
    now: () => Date.now(),
    random: () => 0.5,
  });
  const socket = (): FakeSocket => {
    const newest = sockets.at(-1);
    if (!newest) throw new Error('no socket was opened');
    return newest;
  };
  return { chat, api, sockets, socket, kept, outbox };
}
