import { i18n } from '../i18n';
import { dayOf, inZone } from './zone';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whole seconds from `from` to `to`, both as milliseconds or ISO times. */
export function secondsBetween(from: string | number, to: string | number): number {
  return Math.floor((millis(to) - millis(from)) / 1000);
}

/** A stretch of time with a ticking look: `0:07`, `12:30`, `3:05:00`, `2d 03:00` (「2 天 03:00」). */
export function clock(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const parts = [Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
  if (whole >= DAY) {
    const hours = Math.floor((whole % DAY) / HOUR);
    const days = i18n.global.t('time.days', { count: Math.floor(whole / DAY) });
    return `${days} ${two(hours)}:${two(parts[0] ?? 0)}`;
  }
  const hours = Math.floor(whole / HOUR);
  const [minutes = 0, rest = 0] = parts;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Time of day today, date and time otherwise, with the year when it is not this one's. */
export function moment(iso: string, now: number, locale: string): string {
  const [on, today] = [dayOf(iso), dayOf(now)];
  const time: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  };
  if (on === today) return inZone(iso, locale, time);
  const day: Intl.DateTimeFormatOptions = { month: 'numeric', day: 'numeric' };
  if (on.slice(0, 4) !== today.slice(0, 4)) day.year = 'numeric';
  return inZone(iso, locale, { ...day, ...time });
}

function millis(time: string | number): number {
  return typeof time === 'number' ? time : Date.parse(time);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
