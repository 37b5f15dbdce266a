import { ref } from 'vue';

/**
 * The desk's own time zone (its calendar): every time is shown and typed in it, wherever the
 * browser is. Days are texts like `2026-11-21`.
 */
const zone = ref('Asia/Shanghai');

const MINUTE_MS = 60_000;
const FIELDS: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};
const formats = new Map<string, Intl.DateTimeFormat>();

/** A name of the tz database, as the desk says it; one the browser does not know changes nothing. */
export function setDeskZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    zone.value = name;
  } catch {
    // times stay in the zone that holds
  }
}

export function deskZone(): string {
  return zone.value;
}

/** Whether the clock of the browser shows the same as the desk's at `now` (milliseconds). */
export function sharesDeskClock(now: number): boolean {
  return offset(now) === -new Date(now).getTimezoneOffset() * MINUTE_MS;
}

/** A moment (milliseconds or ISO) in the words of a language. */
export function inZone(
  at: number | string,
  locale: string,
  style: Intl.DateTimeFormatOptions,
): string {
  return formatOf(locale, style).format(typeof at === 'number' ? at : Date.parse(at));
}

/** `08:05` */
export function timeOfDay(at: number | string): string {
  return wallTime(at).slice(11);
}

/** The day of a moment. */
export function dayOf(at: number | string): string {
  return wallTime(at).slice(0, 10);
}

/** Hours since the desk's midnight, with parts of one. */
export function hourOf(at: number | string): number {
  const [hours = 0, minutes = 0] = timeOfDay(at).split(':').map(Number);
  return hours + minutes / 60;
}

/** A moment as the desk's clock shows it, to the minute: `2026-11-21T08:05`, as fields have it. */
export function wallTime(at: number | string): string {
  const moment = typeof at === 'number' ? at : Date.parse(at);
  return new Date(moment + offset(moment)).toISOString().slice(0, 16);
}

/** The moment in milliseconds at which the desk's clock shows `2026-11-21T08:05`. */
export function momentAt(wall: string): number {
  const utc = Date.parse(`${wall}Z`);
  // the second look is for a change of clocks between the two
  return utc - offset(utc - offset(utc));
}

export function startOf(day: string): number {
  return momentAt(`${day}T00:00`);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** A day in the words of a language. */
export function dayText(day: string, locale: string, style: Intl.DateTimeFormatOptions): string {
  return formatOf(locale, { ...style, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00Z`));
}

/** How far the desk's clock is ahead of UTC, in milliseconds. */
function offset(at: number): number {
  const parts = formatOf('en-US', FIELDS).formatToParts(at);
  const part = (type: string): number =>
    Number(parts.find((each) => each.type === type)?.value ?? 0);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at / 1000) * 1000;
}

/** Making one is slow, and lists show many times. */
function formatOf(locale: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const whole = { timeZone: zone.value, ...style };
  const key = `${locale} ${JSON.stringify(whole)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, whole);
  formats.set(key, made);
  return made;
}
