import type { Attachment } from '../../../shared/api';
import type { Store } from './store';

export interface Outgoing {
  clientId: string;
  text: string;
  attachments: readonly Attachment[];
  createdAt: string;
  state: 'sending' | 'accepted' | 'failed';
  /** What the desk had against it; such a message is not sent again by itself. */
  problem: string | null;
}

/**
 * The visitor's messages that have not come back from the desk yet.
 *
 * They outlive a reload of the page; sending one twice is harmless because its `clientId` stays.
 */
export class Outbox {
  private items: Outgoing[];

  constructor(private readonly store: Store<Outgoing[]>) {
    const kept = (store.read() ?? []).map((item) => ({
      ...item,
      attachments: item.attachments ?? [],
    }));
    this.items = kept.map((item) => (item.problem ? item : { ...item, state: 'sending' }));
  }

  get all(): readonly Outgoing[] {
    return this.items;
  }

  /** Messages the desk has to be given (again) on a new connection. */
  get unaccepted(): readonly Outgoing[] {
    return this.items.filter((item) => item.state !== 'accepted' && item.problem === null);
  }

  add(item: Outgoing): void {
    this.set([...this.items, item]);
  }

  /** Changes one message; false when it is not here (any more). */
  change(clientId: string, change: Partial<Outgoing>): boolean {
    const found = this.items.some((item) => item.clientId === clientId);
    if (found) {
      this.set(
        this.items.map((item) => (item.clientId === clientId ? { ...item, ...change } : item)),
      );
    }
    return found;
  }

  remove(clientIds: ReadonlySet<string>): void {
    const left = this.items.filter((item) => !clientIds.has(item.clientId));
    if (left.length < this.items.length) this.set(left);
  }

  /** Forget what an earlier conversation has taken. */
  dropAccepted(): void {
    this.set(this.items.filter((item) => item.state !== 'accepted'));
  }

  private set(items: Outgoing[]): void {
    this.items = items;
    this.store.write(items.length > 0 ? items : null);
  }
}
