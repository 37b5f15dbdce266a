/** Messages on their way to customers elsewhere (docs/architecture.md §3). */

export type DeliveryState = 'waiting' | 'sent' | 'unconfirmed' | 'held' | 'failed' | 'dropped';

/** How far a message is; `code` is the errcode that the channel answered. */
export interface Delivery {
  state: DeliveryState;
  problem: string | null;
  code: number | null;
}

/** A message that has not surely arrived. */
export interface Undelivered extends Delivery {
  seq: number;
}

/** How many messages the customer can still be sent, and until when. */
export interface Reach {
  messages_left: number;
  seconds_left: number;
  until: string | null;
  /** The customer allowed one reminder beyond that. */
  subscription: boolean;
  /** Why nothing can be sent, where time and number are not the cause. */
  reason?: 'unsubscribed' | 'elsewhere' | 'closed' | null;
}

export interface Reminded {
  state: 'sent' | 'unconfirmed';
  reach: Reach | null;
}
