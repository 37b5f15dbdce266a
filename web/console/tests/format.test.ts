import { describe, expect, test } from 'vitest';
import { lineWith, mark } from '../src/format/evidence';
import { standing } from '../src/format/deadline';
import { recallLeft } from '../src/format/recall';
import { fileSize } from '../src/format/files';
import { clock, moment, secondsBetween } from '../src/format/time';
import { i18n } from '../src/i18n';

describe('clock', () => {
  test.each([
    [0, '0:00'],
    [7, '0:07'],
    [-36, '0:36'],
    [750, '12:30'],
    [11_100, '3:05:00'],
    [183_600, '2 天 03:00'],
  ])('%d seconds read %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  test('says days in the language of the page', () => {
    i18n.global.locale.value = 'en';
    expect(clock(183_600)).toBe('2d 03:00');
    i18n.global.locale.value = 'zh-CN';
  });
});

describe('moment', () => {
  const at = (text: string): number => Date.parse(`${text}+08:00`);
  const iso = (text: string): string => new Date(at(text)).toISOString();

  test('is the time of day today, with the date otherwise', () => {
    const now = at('2025-01-18T12:00:00');
    expect(moment(iso('2025-01-18T08:05:00'), now, 'zh-CN')).toBe('08:05');
    expect(moment(iso('2025-01-17T08:05:00'), now, 'zh-CN')).toBe('1/17 08:05');
    expect(moment(iso('2024-12-31T08:05:00'), now, 'zh-CN')).toBe('2024/12/31 08:05');
  });

  test('is today after midnight at the desk, though not yet where the browser is', () => {
    const now = at('2025-01-18T01:00:00');
    expect(new Date(now).getDate()).toBe(17);
    expect(moment(iso('2025-01-18T00:05:00'), now, 'zh-CN')).toBe('00:05');
    expect(moment(iso('2025-01-17T23:55:00'), now, 'zh-CN')).toBe('1/17 23:55');
  });

  test('counts whole seconds between two times', () => {
    expect(secondsBetween('2025-01-18T08:00:00Z', '2025-01-18T08:00:01.9Z')).toBe(1);
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

describe('a running deadline', () => {
  const now = Date.parse('2025-01-18T08:00:00Z');
  const deadline = {
    kind: 'chat_first_response',
    due_at: '2025-01-18T08:02:00Z',
    warn_at: '2025-01-18T08:01:00Z',
    breached: false,
    paused: false,
  };

  test('is calm, then close from the moment the desk names, then over', () => {
    expect(standing(deadline, now)).toEqual({ tone: 'calm', seconds: 120 });
    expect(standing(deadline, now + 60_000)).toEqual({ tone: 'soon', seconds: 60 });
    expect(standing(deadline, now + 125_000)).toEqual({ tone: 'over', seconds: 5 });
  });

  test('has no time while it pauses; a breach stays one', () => {
    const paused = { ...deadline, due_at: null, warn_at: null, paused: true };
    expect(standing(paused, now)).toEqual({ tone: 'paused', seconds: null });
    expect(standing({ ...paused, breached: true }, now).tone).toBe('over');
  });
});

test('a message can be taken back for two minutes', () => {
  const sent = '2025-01-18T08:00:00Z';
  const at = Date.parse(sent);
  expect(recallLeft(sent, at + 30_000)).toBe(90);
  expect(recallLeft(sent, at + 121_000)).toBe(0);
  expect(recallLeft(sent, at - 5_000)).toBe(120);
});

test('sizes of files are short', () => {
  expect([fileSize(512), fileSize(880_000), fileSize(3_300_000)]).toEqual([
    '512 B',
    '859 KB',
    '3.1 MB',
  ]);
});
