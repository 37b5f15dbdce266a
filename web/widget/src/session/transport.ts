import type { VisitorClientFrame, VisitorServerFrame } from '../../../shared/api';

/** Why a transport ended: the network, or the token. */
export type Ending = 'lost' | 'unauthorised';

export interface TransportEvents {
  frame(frame: VisitorServerFrame): void;
  /** Said once; nothing follows it. */
  ended(why: Ending): void;
}

/** A way to the desk. After `close` it is silent. */
export interface Transport {
  send(frame: Exclude<VisitorClientFrame, { type: 'auth' }>): void;
  close(): void;
  /** Ask whether the desk is still there; not needed where every request tells. */
  check?(): void;
}

/** Makes a transport that begins with what comes after `after`. */
export type OpenTransport = (
  token: string,
  after: () => number,
  events: TransportEvents,
) => Transport;
