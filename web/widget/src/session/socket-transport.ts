import type { VisitorClientFrame, VisitorServerFrame } from '../../../shared/api';
import type { Ending, OpenTransport, Transport, TransportEvents } from './transport';

const CLOSE_TOKEN = 4401;
const READY_WITHIN_MS = 8_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;

export type OpenSocket = (url: string) => WebSocket;

/** Transports over WebSocket; the token goes in the first frame, never in the address. */
export function socketTransport(url: string, openSocket: OpenSocket): OpenTransport {
  return (token, after, events) => new SocketTransport(openSocket(url), token, after, events);
}

class SocketTransport implements Transport {
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private over = false;

  constructor(
    private readonly socket: WebSocket,
    token: string,
    after: () => number,
    private readonly events: TransportEvents,
  ) {
    socket.onopen = () => this.write({ type: 'auth', token, after: after() });
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.end(event.code === CLOSE_TOKEN ? 'unauthorised' : 'lost');
    this.expect(READY_WITHIN_MS);
  }

  send(frame: VisitorClientFrame): void {
    if (this.socket.readyState === WebSocket.OPEN) this.write(frame);
  }

  close(): void {
    this.over = true;
    clearTimeout(this.deadline);
    this.socket.close();
  }

  check(): void {
    if (this.socket.readyState === WebSocket.OPEN) this.ping();
  }

  private write(frame: VisitorClientFrame): void {
    if (!this.over) this.socket.send(JSON.stringify(frame));
  }

  private receive(data: unknown): void {
    const frame = parse(data);
    if (this.over || !frame) return;
    this.pingLater();
    this.events.frame(frame);
  }

  /** A connection can die without a word, so silence is asked about, and no answer is an answer. */
  private pingLater(): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.ping(), PING_EVERY_MS);
  }

  private ping(): void {
    this.send({ type: 'ping' });
    this.expect(PONG_WITHIN_MS);
  }

  private expect(within: number): void {
    clearTimeout(this.deadline);
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.end('lost'), within);
  }

  private end(why: Ending): void {
    if (this.over) return;
    this.close();
    this.events.ended(why);
  }
}

function parse(data: unknown): VisitorServerFrame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null && 'type' in frame
      ? (frame as VisitorServerFrame)
      : null;
  } catch {
    return null;
  }
}
