import { describe, expect, test } from 'vitest';
import type { Appointment } from '../../shared/api/appointments';
import { hoursShown, mondayOf, placedOn, weekOf } from '../src/format/week';
import { addDays, startOf } from '../src/format/zone';

const DAY = '2025-01-15';

function visit(number: string, from: number, to: number, day = DAY): Appointment {
  const at = (hour: number): string => new Date(startOf(day) + hour * 3_600_000).toISOString();
  return {
    number,
    service: { key: 'install', name: '空调安装' },
    starts_at: at(from),
    ends_at: at(to),
    state: 'booked',
    city: null,
    address_masked: '杭州市***',
    contact_masked: '138****0000',
    conversation_id: null,
  };
}

const lanes = (...visits: Appointment[]): string[] =>
  placedOn(DAY, visits).map(
    ({ appointment, lane, lanes: all }) => `${appointment.number} ${lane + 1}/${all}`,
  );

describe('a week', () => {
  test.each([
    ['Monday itself', '2025-01-13'],
    ['Sunday', '2025-01-19'],
  ])('begins on Monday, seen from %s', (_when, day) => {
    expect(mondayOf(day)).toBe('2025-01-13');
  });

  test('has seven days, over the end of a month too', () => {
    const days = weekOf('2025-01-27');
    expect(days).toHaveLength(7);
    expect(days.at(-1)).toBe('2025-02-02');
    expect(addDays('2024-12-31', 1)).toBe('2025-01-01');
  });
});

describe('the appointments of a day', () => {
  test('are only those that begin on it', () => {
    expect(lanes(visit('a', 9, 10), visit('b', 9, 10, addDays(DAY, 1)))).toEqual(['a 1/1']);
  });

  test('stand at the hour of the desk, wherever the browser is', () => {
    const early = { ...visit('a', 0, 1), starts_at: '2025-01-14T16:30:00Z' };
    expect(placedOn(DAY, [early])[0]?.from).toBe(0.5);
    expect(placedOn('2025-01-14', [early])).toEqual([]);
  });

  test('stand side by side while they overlap', () => {
    expect(lanes(visit('a', 10, 12), visit('b', 11, 13), visit('c', 12, 14))).toEqual([
      'a 1/2',
      'b 2/2',
      'c 1/2',
    ]);
  });

  test('have the whole width once nothing overlaps; ending and beginning may meet', () => {
    expect(lanes(visit('a', 9, 10), visit('b', 10, 11))).toEqual(['a 1/1', 'b 1/1']);
  });

  test('make the calendar grow beyond its usual hours', () => {
    const usual = placedOn(DAY, [visit('a', 9, 10)]);
    expect(hoursShown(usual)).toEqual({ first: 8, last: 20 });
    const long = placedOn(DAY, [visit('a', 6.5, 8), visit('b', 20, 21.5)]);
    expect(hoursShown(long)).toEqual({ first: 6, last: 22 });
  });
});
