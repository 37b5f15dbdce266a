import { describe, expect, test } from 'vitest';
import { lineWith, mark } from '../src/format/evidence';
import { change, figure, figureRows } from '../src/format/figures';
import { clock, moment, secondsBetween, urgency } from '../src/format/time';

describe('clock', () => {
  test.each([
    [0, '0:00'],
    [7, '0:07'],
    [-36, '0:36'],
    [750, '12:30'],
    [11_100, '3:05:00'],
    [183_600, '2d 03:00'],
  ])('%d seconds read %s', (seconds, text) => expect(clock(seconds)).toBe(text));
});

describe('moment', () => {
  const at = (text: string): number => new Date(text).getTime();
  const iso = (text: string): string => new Date(text).toISOString();

  test('is the time of day today, with the date otherwise', () => {
    const now = at('2025-01-18T12:00:00');
    expect(moment(iso('2025-01-18T08:05:00'), now, 'zh-CN')).toBe('08:05');
    expect(moment(iso('2025-01-17T08:05:00'), now, 'zh-CN')).toBe('1/17 08:05');
    expect(moment(iso('2024-12-31T08:05:00'), now, 'zh-CN')).toBe('2024/12/31 08:05');
  });

  test('counts whole seconds between two times', () => {
    expect(secondsBetween('2025-01-18T08:00:00Z', '2025-01-18T08:00:01.9Z')).toBe(1);
  });
});

describe('urgency', () => {
  const due = '2025-01-18T08:10:00Z';
  const since = '2025-01-18T08:00:00Z';
  const at = (time: string): number => Date.parse(`2025-01-18T${time}Z`);

  test.each([
    ['08:07:29', 'calm'],
    ['08:07:30', 'soon'],
    ['08:10:01', 'over'],
  ])('at %s a ten minute deadline is %s', (time, tone) =>
    expect(urgency(due, at(time), since)).toBe(tone),
  );

  test('without a beginning only the last minute is soon', () => {
    expect(urgency(due, at('08:08:59'), null)).toBe('calm');
    expect(urgency(due, at('08:09:01'), null)).toBe('soon');
  });
});

describe('evidence', () => {
  test('is marked wherever it stands, overlaps once', () => {
    expect(mark('退款退款不到账', ['退款', '款退', '到账'])).toEqual([
      { text: '退款退款', marked: true },
      { text: '不', marked: false },
      { text: '到账', marked: true },
    ]);
  });

  test('does not care about capitals and finds nothing in nothing', () => {
    expect(mark('VIP 客户', ['vip'])[0]).toEqual({ text: 'VIP', marked: true });
    expect(mark('', ['x'])).toEqual([]);
    expect(mark('abc', [''])).toEqual([{ text: 'abc', marked: false }]);
  });

  test('comes from the customer line that holds most of it', () => {
    const lines = [
      { seq: 1, author: 'customer', text: '退款' },
      { seq: 2, author: 'bot', text: '退款 投诉 12315' },
      { seq: 3, author: 'customer', text: '退款 投诉' },
      { seq: 4, author: 'customer', text: '好' },
    ];
    expect(lineWith(lines, ['退款', '投诉'])?.seq).toBe(3);
    expect(lineWith(lines, ['发票'])).toBeNull();
  });
});

describe('figures', () => {
  test('every object with numbers is a row; label detail is left out', () => {
    const evaluation = {
      seconds: 24,
      triage: { category: { accuracy: 0.9, rows: 10, labels: { order: { f1: 1 } } }, note: 'x' },
    };
    expect(figureRows(evaluation)).toEqual([
      { path: [], figures: { seconds: 24 } },
      { path: ['triage', 'category'], figures: { accuracy: 0.9, rows: 10 } },
    ]);
  });

  test('shares are percent, counts are not', () => {
    expect(figure('accuracy', 0.9512, 'en')).toBe('95.1%');
    expect(figure('rows', 1, 'en')).toBe('1');
    expect(figure('rows', 1234, 'en')).toBe('1,234');
  });

  test('a change is in percentage points and only there when there is one', () => {
    expect(change('accuracy', 0.957, 0.951)).toBe(0.6);
    expect(change('accuracy', 0.951, 0.951)).toBeNull();
    expect(change('accuracy', 0.951, undefined)).toBeNull();
    expect(change('rows', 5, 4)).toBeNull();
  });
});
