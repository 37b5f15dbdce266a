import type { Appointment } from '../../../shared/api/appointments';
import { addDays, startOf } from './zone';

const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;
/** Visits take place in these hours, as a rule; the calendar grows for one outside them. */
const FIRST_HOUR = 8;
const LAST_HOUR = 20;

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7));
}

export function weekOf(monday: string): string[] {
  return Array.from({ length: 7 }, (_, day) => addDays(monday, day));
}

/** An appointment in its column: hours since midnight, and its place beside those at that time. */
export interface Placed {
  appointment: Appointment;
  from: number;
  to: number;
  lane: number;
  lanes: number;
}

/** The appointments of a day; those that overlap stand side by side. */
export function placedOn(day: string, appointments: readonly Appointment[]): Placed[] {
  const [midnight, end] = [startOf(day), startOf(addDays(day, 1))];
  const here = appointments
    .filter(({ starts_at }) => {
      const start = Date.parse(starts_at);
      return start >= midnight && start < end;
    })
    .map((appointment) => {
      const from = hoursSince(midnight, appointment.starts_at);
      const ends = hoursSince(midnight, appointment.ends_at);
      const to = Math.min(DAY_HOURS, Math.max(from + 0.5, ends));
      return { appointment, from, to, lane: 0, lanes: 1 };
    })
    .sort((one, other) => one.from - other.from || one.to - other.to);
  return groups(here).flatMap(sideBySide);
}

/** From which to which hour the week is shown. */
export function hoursShown(placed: readonly Placed[]): { first: number; last: number } {
  return {
    first: Math.min(FIRST_HOUR, ...placed.map(({ from }) => Math.floor(from))),
    last: Math.max(LAST_HOUR, ...placed.map(({ to }) => Math.ceil(to))),
  };
}

/** Runs of appointments without a gap between them. */
function groups(sorted: readonly Placed[]): Placed[][] {
  const found: Placed[][] = [];
  let busyUntil = -1;
  for (const each of sorted) {
    if (each.from >= busyUntil) found.push([]);
    found.at(-1)?.push(each);
    busyUntil = Math.max(busyUntil, each.to);
  }
  return found;
}

function sideBySide(group: readonly Placed[]): Placed[] {
  const freeFrom: number[] = [];
  const placed = group.map((each) => {
    const free = freeFrom.findIndex((moment) => moment <= each.from);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = each.to;
    return { ...each, lane };
  });
  return placed.map((each) => ({ ...each, lanes: freeFrom.length }));
}

function hoursSince(midnight: number, iso: string): number {
  return (Date.parse(iso) - midnight) / HOUR_MS;
}
