import type { VisitorClientFrame, VisitorServerFrame } from '../../../shared/api';
import { backoff } from './backoff';
import type { Ending, OpenTransport, Transport } from './transport';

export type ConnectionStatus = 'idle' | 'connecting' | 'online' | 'offline';

export interface ConnectionEvents {
  /** Fetches (or makes) the token; a rejection counts as a lost connection. */
  token(): Promise<string>;
  /** The newest `seq` already known. */
  after(): number;
  frame(frame: VisitorServerFrame): void;
  unauthorised(): void;
  changed(): void;
}

const SOCKET_FAILURES_BEFORE_POLLING = 2;
const TRY_SOCKET_AGAIN_MS = 60_000;

/**
 * Keeps one transport to the desk open: WebSocket first, long polling where none can be opened,
 * again and again with growing pauses.
 */
export class Connection {
  status: ConnectionStatus = 'idle';
  private transport: Transport | null = null;
  private attempt = 0;
  private socketFailures = 0;
  private generation = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private upgradeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly openSocket: OpenTransport,
    private readonly openPoll: OpenTransport,
    private readonly events: ConnectionEvents,
    private readonly random: () => number,
  ) {}

  /** Connect unless that is under way. */
  start(): void {
    if (this.status === 'idle') void this.open('connecting');
  }

  /** The network may be another: trust no old connection, wait for no next attempt. */
  hurry(): void {
    if (this.status === 'online') this.transport?.check?.();
    if (this.status !== 'offline') return;
    this.attempt = 0;
    void this.open('offline');
  }

  stop(): void {
    this.drop();
    this.setStatus('idle');
  }

  /** Sends when online; whoever must be sure sends again after the next `ready`. */
  send(frame: Exclude<VisitorClientFrame, { type: 'auth' }>): void {
    if (this.status === 'online') this.transport?.send(frame);
  }

  private async open(status: ConnectionStatus): Promise<void> {
    this.drop();
    const generation = this.generation;
    this.setStatus(status);
    let token: string;
    try {
      token = await this.events.token();
    } catch {
      if (generation === this.generation) this.retryLater();
      return;
    }
    if (generation !== this.generation) return;
    const polling = this.socketFailures >= SOCKET_FAILURES_BEFORE_POLLING;
    this.connect(polling, token);
  }

  private connect(polling: boolean, token: string): void {
    const generation = this.generation;
    let ready = false;
    const openTransport = polling ? this.openPoll : this.openSocket;
    const handlers = {
      frame: (frame: VisitorServerFrame) => {
        if (generation !== this.generation) return;
        if (frame.type === 'ready' && !ready) {
          ready = true;
          this.becameReady(polling);
        }
        this.events.frame(frame);
      },
      ended: (why: Ending) => {
        if (generation === this.generation) this.ended(why, polling, ready);
      },
    };
    try {
      this.transport = openTransport(token, () => this.events.after(), handlers);
    } catch {
      this.ended('lost', polling, false);
    }
  }

  private becameReady(polling: boolean): void {
    this.attempt = 0;
    if (polling) {
      this.upgradeTimer = setTimeout(() => {
        this.socketFailures = SOCKET_FAILURES_BEFORE_POLLING - 1;
        void this.open('online');
      }, TRY_SOCKET_AGAIN_MS);
    } else {
      this.socketFailures = 0;
    }
    this.setStatus('online');
  }

  private ended(why: Ending, polling: boolean, ready: boolean): void {
    const wasUpgrade = this.status === 'online' && !ready;
    this.drop();
    if (why === 'unauthorised') {
      this.setStatus('idle');
      this.events.unauthorised();
      return;
    }
    if (polling) this.socketFailures = SOCKET_FAILURES_BEFORE_POLLING - 1;
    else if (!ready) this.socketFailures += 1;
    if (wasUpgrade) void this.open('online');
    else this.retryLater();
  }

  private retryLater(): void {
    this.setStatus('offline');
    const pause = backoff(this.attempt++, this.random);
    this.retryTimer = setTimeout(() => void this.open('offline'), pause);
  }

  private drop(): void {
    this.generation += 1;
    clearTimeout(this.retryTimer);
    clearTimeout(this.upgradeTimer);
    this.transport?.close();
    this.transport = null;
  }

  private setStatus(status: ConnectionStatus): void {
    if (this.status === status) return;
    this.status = status;
    this.events.changed();
  }
}
