import type { VisitorClientFrame } from '../../../shared/api';
import type { Outbox, Outgoing } from './outbox';

const ACCEPTED_WITHIN_MS = 20_000;

type MessageFrame = Extract<VisitorClientFrame, { type: 'message' }>;

/** Gives the desk what is in the outbox, and notices when nobody takes it. */
export class Sender {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly outbox: Outbox,
    private readonly give: (frame: MessageFrame) => void,
    private readonly changed: () => void,
  ) {}

  post(outgoing: Outgoing): void {
    const { clientId, text, attachments } = outgoing;
    const files = attachments.map((file) => file.id);
    this.give({
      type: 'message',
      text,
      client_id: clientId,
      ...(files.length > 0 && { attachment_ids: files }),
    });
    this.forget(clientId);
    const timer = setTimeout(() => this.settle(clientId, { state: 'failed' }), ACCEPTED_WITHIN_MS);
    this.timers.set(clientId, timer);
  }

  /** Post everything that nobody has accepted: there is a new connection. */
  postAll(): void {
    for (const outgoing of this.outbox.unaccepted) {
      this.outbox.change(outgoing.clientId, { state: 'sending' });
      this.post(outgoing);
    }
  }

  /** What became of a message. */
  settle(clientId: string, change: Partial<Outgoing>): void {
    this.forget(clientId);
    if (this.outbox.change(clientId, change)) this.changed();
  }

  /** These have come back as messages of the conversation. */
  arrived(clientIds: ReadonlySet<string>): void {
    for (const clientId of clientIds) this.forget(clientId);
    this.outbox.remove(clientIds);
  }

  stop(): void {
    for (const clientId of [...this.timers.keys()]) this.forget(clientId);
  }

  private forget(clientId: string): void {
    clearTimeout(this.timers.get(clientId));
    this.timers.delete(clientId);
  }
}
