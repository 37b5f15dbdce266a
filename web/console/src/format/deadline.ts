import type { RunningDeadline } from '../../../shared/api';
import { secondsBetween } from './time';

export type DeadlineTone = 'calm' | 'soon' | 'over' | 'paused';

export interface DeadlineStanding {
  tone: DeadlineTone;
  /** Left, or too late by so much; null while it pauses. */
  seconds: number | null;
}

/** How a deadline stands at `now` (milliseconds): the desk says from when on it is close. */
export function standing(deadline: RunningDeadline, now: number): DeadlineStanding {
  if (deadline.paused || deadline.due_at === null) {
    return { tone: deadline.breached ? 'over' : 'paused', seconds: null };
  }
  const left = secondsBetween(now, deadline.due_at);
  if (deadline.breached || left < 0) return { tone: 'over', seconds: Math.max(0, -left) };
  const close = deadline.warn_at !== null && secondsBetween(deadline.warn_at, now) >= 0;
  return { tone: close ? 'soon' : 'calm', seconds: left };
}
