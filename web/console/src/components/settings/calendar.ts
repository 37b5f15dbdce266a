import type { CalendarDay, Hours, Json, Range } from '../../../../shared/api/settings';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const DAY_MS = 86_400_000;

/** The weeks of a month, Monday first, as dates `2026-11-21`; null where another month is. */
export function weeksOf(year: number, month: number): (string | null)[][] {
  const first = Date.UTC(year, month - 1, 1);
  const last = Date.UTC(year, month, 0);
  const before = (new Date(first).getUTCDay() + 6) % 7;
  const cells: (string | null)[] = Array.from({ length: before }, () => null);
  for (let day = first; day <= last; day += DAY_MS) {
    cells.push(new Date(day).toISOString().slice(0, 10));
  }
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

const RANGE = /^([01]\d|2[0-3]):([0-5]\d)\s*[-–—~至]\s*(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

/**
 * Opening hours as somebody writes them: `09:00-12:00, 13:00-18:00`, nothing for closed; null for
 * what is none: unreadable, out of order, or overlapping.
 */
export function readHours(text: string): Range[] | null {
  const ranges: Range[] = [];
  for (const part of text.split(/[,，、;；\n]/).map((each) => each.trim())) {
    if (part === '') continue;
    const match = RANGE.exec(part);
    if (!match) return null;
    const [from, to] = [
      `${match[1]}:${match[2]}`,
      `${match[3] ?? match[5]}:${match[4] ?? match[6]}`,
    ];
    const before = ranges.at(-1);
    if (from >= to || (before && from < before[1])) return null;
    ranges.push([from, to]);
  }
  return ranges;
}

export function writeHours(hours: Hours): string {
  if (hours === 'closed') return '';
  return hours.map(([from, to]) => `${from}-${to}`).join(', ');
}

/** Hours as they stand in a policy. */
export function hoursOf(value: Json | undefined): Hours {
  return Array.isArray(value) ? (value as unknown as Range[]) : 'closed';
}

export type DayLook = 'open' | 'closed' | 'holiday' | 'make-up';

/** How a day looks without what was set by hand. */
export function lookOf(day: CalendarDay): DayLook {
  if (day.usual_kind === 'holiday') return 'holiday';
  if (day.usual_kind === 'make_up') return 'make-up';
  return day.usual_hours.length > 0 ? 'open' : 'closed';
}

/**
 * What a day becomes with one press: a working day closed, a day off open in `opening` hours, and
 * what was set by hand as it is usually (null).
 */
export function pressed(day: CalendarDay, own: Hours | undefined, opening: Hours): Hours | null {
  if (own !== undefined) return null;
  return day.usual_hours.length > 0 ? 'closed' : opening;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The date an arrow key leads to, `PageUp` and `PageDown` a month away; it stays in its year. */
export function dateAfter(date: string, key: string): string | null {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const months = key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0;
  if (months === 0 && !(key in STEPS)) return null;
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const next = months
    ? Date.UTC(year, month - 1 + months, Math.min(day, last))
    : Date.UTC(year, month - 1, day + (STEPS[key] ?? 0));
  const found = new Date(next).toISOString().slice(0, 10);
  return found.startsWith(`${year}-`) ? found : date;
}
