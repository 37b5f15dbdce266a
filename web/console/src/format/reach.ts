import type { Delivery, Reach } from '../../../shared/api/reach';
import { secondsBetween } from './time';

const SHORT_SECONDS = 3600;
const FEW = 1;

/** Problems that have a text of their own; others read as refused. */
const PROBLEMS: readonly string[] = [
  'window',
  'quota',
  'closed',
  'unsubscribed',
  'account',
  'busy',
  'away',
  'token',
  'refused',
  'too_long',
  'not_allowed',
  'file',
  'elsewhere',
  'with_next',
];

export interface Left {
  level: 'enough' | 'little' | 'none';
  messages: number;
  seconds: number;
}

/** What is left of a reach at `now` (milliseconds). */
export function leftOf(reach: Reach, now: number): Left {
  const seconds = reach.until === null ? 0 : Math.max(0, secondsBetween(now, reach.until));
  const messages = seconds > 0 ? reach.messages_left : 0;
  if (messages === 0) return { level: 'none', messages: 0, seconds: 0 };
  const little = messages <= FEW || seconds < SHORT_SECONDS;
  return { level: little ? 'little' : 'enough', messages, seconds };
}

/** The text of what became of a message, below `reach.delivery`; null: nothing is to be said. */
export function deliveryKey({ state, problem }: Delivery): string | null {
  if (state === 'sent') return null;
  if (state === 'dropped') return problem === 'late' ? 'late' : null;
  if (state === 'unconfirmed') return 'unconfirmed';
  if (state === 'waiting') return problem === null ? 'waiting' : 'again';
  return problem !== null && PROBLEMS.includes(problem) ? problem : 'refused';
}

/** Whether somebody may have it sent once more. */
export function mayRetry({ state, problem }: Delivery): boolean {
  if (state === 'held') return problem === 'account';
  return state === 'failed' || state === 'unconfirmed';
}
