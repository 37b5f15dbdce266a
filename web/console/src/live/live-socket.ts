import type { AgentServerFrame } from '../../../shared/api';

export type LiveStatus = 'off' | 'connecting' | 'online' | 'offline';

export interface LiveEvents {
  status(status: LiveStatus): void;
  frame(frame: AgentServerFrame): void;
  /** The session has ended. */
  signedOut(): void;
}

const CLOSE_NOT_SIGNED_IN = 4401;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 8_000;

/** Keeps the console's WebSocket open: growing pauses with chance in them, silence is noticed. */
export class LiveSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly open: () => WebSocket,
    private readonly events: LiveEvents,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (this.socket || this.timer !== undefined) return;
    this.events.status('connecting');
    this.connect();
  }

  stop(): void {
    this.drop();
    this.events.status('off');
  }

  /** The network is said to have changed: trust no old connection, wait for no next attempt. */
  hurry(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.ping();
    if (this.socket || this.timer === undefined) return;
    this.attempt = 0;
    this.connect();
  }

  private connect(): void {
    this.drop();
    const socket = this.open();
    this.socket = socket;
    this.expect(PONG_WITHIN_MS);
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  private receive(data: string): void {
    this.pingLater();
    let frame: AgentServerFrame;
    try {
      frame = JSON.parse(data) as AgentServerFrame;
    } catch {
      return;
    }
    if (frame.type === 'ready') {
      this.attempt = 0;
      this.events.status('online');
    }
    this.events.frame(frame);
  }

  private closed(code: number): void {
    this.drop();
    if (code === CLOSE_NOT_SIGNED_IN) {
      this.events.status('off');
      this.events.signedOut();
      return;
    }
    this.events.status('offline');
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.attempt, 8));
    this.attempt += 1;
    this.timer = setTimeout(() => this.connect(), ceiling / 2 + (ceiling / 2) * this.random());
  }

  private pingLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ping(), PING_EVERY_MS);
  }

  private ping(): void {
    this.socket?.send('{"type":"ping"}');
    this.expect(PONG_WITHIN_MS);
  }

  private expect(within: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.closed(0), within);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
