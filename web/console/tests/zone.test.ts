import { afterEach, describe, expect, test } from 'vitest';
import {
  dayOf,
  dayText,
  deskZone,
  hourOf,
  inZone,
  momentAt,
  setDeskZone,
  sharesDeskClock,
  startOf,
  timeOfDay,
  wallTime,
} from '../src/format/zone';
import { useSession } from '../src/stores/session';
import { withServer } from './shell-fakes';

const EVENING = '2026-11-20T17:05:42Z';

afterEach(() => setDeskZone('Asia/Shanghai'));

test('these tests run in a browser far from the desk', () => {
  expect(new Date(EVENING).getHours()).not.toBe(1);
  expect(sharesDeskClock(Date.parse(EVENING))).toBe(false);
});

test('no page asks the clock of the browser for a day or an hour', () => {
  const sources = import.meta.glob<string>('../src/**/*.{vue,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const own =
    /toLocale(Date|Time)String|to(Date|Time)String\(|\.get(FullYear|Month|Date|Day|Hours|Minutes)\(|new Date\([^)]*\)\.toLocaleString|DateTimeFormat\(/;
  const found = Object.entries(sources).filter(([, text]) => own.test(text));
  expect(found.map(([path]) => path)).toEqual(['../src/format/zone.ts']);
});

test('a moment has the day and the time of the desk', () => {
  expect([dayOf(EVENING), timeOfDay(EVENING), wallTime(EVENING)]).toEqual([
    '2026-11-21',
    '01:05',
    '2026-11-21T01:05',
  ]);
  const style = { weekday: 'short', hour: 'numeric', hourCycle: 'h23' } as const;
  expect(inZone(EVENING, 'en', style)).toBe('Sat, 01');
  expect(hourOf(EVENING)).toBeCloseTo(1 + 5 / 60);
});

test('a day is called by its own name in every zone', () => {
  for (const zone of ['Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
    setDeskZone(zone);
    expect(dayText('2026-11-21', 'en', { month: 'short', day: 'numeric' })).toBe('Nov 21');
  }
});

test('what is typed by the clock of the desk is that moment', () => {
  expect(new Date(momentAt('2026-11-21T01:05')).toISOString()).toBe('2026-11-20T17:05:00.000Z');
  expect(new Date(startOf('2026-11-21')).toISOString()).toBe('2026-11-20T16:00:00.000Z');
});

describe('a zone with changes of clocks', () => {
  test.each([
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T00:30', '2026-10-24T22:30:00.000Z'],
    ['2026-10-25T03:30', '2026-10-25T02:30:00.000Z'],
  ])('%s is %s', (wall, utc) => {
    setDeskZone('Europe/Berlin');
    expect(new Date(momentAt(wall)).toISOString()).toBe(utc);
    expect(wallTime(utc)).toBe(wall);
  });
});

test('the desk says its zone at sign-in; one that the browser does not know changes nothing', async () => {
  const session = {
    user: { id: 'u', username: 'a', display_name: 'A', role: 'agent' as const },
    csrf_token: '',
  };
  let zone = 'Europe/Berlin';
  withServer({ me: () => Promise.resolve({ ...session, time_zone: zone }) });
  await useSession().restore();
  expect(deskZone()).toBe('Europe/Berlin');
  zone = 'Mars/Olympus';
  await useSession().restore();
  expect(deskZone()).toBe('Europe/Berlin');
});
