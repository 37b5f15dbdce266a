import { remember } from '../ui/remember';

const KEY = 'fenzhen:console:reviewed';

/** How many messages were looked at in this browser today. */
export function doneToday(now = new Date()): number {
  const [day, count] = kept();
  return day === now.toDateString() ? count : 0;
}

export function addToday(by: number, now = new Date()): number {
  const count = Math.max(0, doneToday(now) + by);
  remember(KEY, JSON.stringify([now.toDateString(), count]));
  return count;
}

function kept(): [day: string, count: number] {
  try {
    const raw = JSON.parse(localStorage.getItem(KEY) ?? '') as unknown;
    if (Array.isArray(raw) && typeof raw[0] === 'string' && typeof raw[1] === 'number') {
      return [raw[0], raw[1]];
    }
  } catch {
    // nothing is kept, or it cannot be read
  }
  return ['', 0];
}
