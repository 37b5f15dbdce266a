import type { VisitorClientFrame } from '../../../shared/api';
import { Refused, type VisitorApi } from './http';
import type { Ending, OpenTransport, Transport, TransportEvents } from './transport';

const WAIT_SECONDS = 25;
const UNAUTHORISED = 401;
/** Below this an answer is about the message, from it on about the desk. */
const SERVER_ERRORS = 500;

/** Transports over long polling, for networks that let no WebSocket through. */
export function pollTransport(api: VisitorApi): OpenTransport {
  return (token, after, events) => new PollTransport(api, token, after, events);
}

class PollTransport implements Transport {
  private readonly abort = new AbortController();
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: VisitorApi,
    private readonly token: string,
    private readonly after: () => number,
    private readonly events: TransportEvents,
  ) {
    void this.poll();
  }

  send(frame: VisitorClientFrame): void {
    // one after another, so that messages arrive in the order they were written
    if (frame.type === 'message') {
      this.sending = this.sending.then(() => this.post(frame));
    }
    // what was seen is told again with the next message that is
    if (frame.type === 'read') void this.api.read(this.token, frame.seq).catch(() => undefined);
  }

  close(): void {
    this.abort.abort();
  }

  private async poll(): Promise<void> {
    let wait = 0;
    while (!this.abort.signal.aborted) {
      try {
        const news = await this.api.messages(this.token, this.after(), wait, this.abort.signal);
        if (this.abort.signal.aborted) return;
        this.events.frame({ type: 'ready', ...news });
        wait = WAIT_SECONDS;
      } catch (error) {
        return this.end(ending(error));
      }
    }
  }

  private async post(frame: Extract<VisitorClientFrame, { type: 'message' }>): Promise<void> {
    if (this.abort.signal.aborted) return;
    const { text, client_id: clientId, attachment_ids: ids = [] } = frame;
    try {
      const accepted = await this.api.send(this.token, text, clientId, ids);
      this.events.frame({ type: 'accepted', ...accepted });
    } catch (error) {
      if (error instanceof Refused && isAboutTheMessage(error.status)) {
        this.events.frame({ type: 'error', error: error.body, client_id: clientId });
      } else {
        this.end(ending(error));
      }
    }
  }

  private end(why: Ending): void {
    if (this.abort.signal.aborted) return;
    this.close();
    this.events.ended(why);
  }
}

function isAboutTheMessage(status: number): boolean {
  return status !== UNAUTHORISED && status < SERVER_ERRORS;
}

function ending(error: unknown): Ending {
  return error instanceof Refused && error.status === UNAUTHORISED ? 'unauthorised' : 'lost';
}
