import { expect, test } from 'vitest';
import type { CalendarDay, Hours, JsonObject, MacroAction } from '../../shared/api/settings';
import {
  dateAfter,
  lookOf,
  pressed,
  readHours,
  weeksOf,
  writeHours,
} from '../src/components/settings/calendar';
import { addable, added, blank, complete, moved } from '../src/components/settings/macros';
import { cardsOf, groupsOf, same, targetOf, withValue } from '../src/components/settings/policy';
import { nextLevel, skillsWith } from '../src/components/settings/skills';
import { usePolicies } from '../src/stores/policies';
import { agent } from './agents';
import { SLA, SLA_SETTING } from './settings-fakes';
import { withServer } from './shell-fakes';

test('a policy is shown in groups, with the priorities of one figure on one line', () => {
  const [share, chat] = groupsOf('sla', SLA, SLA);
  expect(share?.rows.map((row) => row.fields[0]?.kind)).toEqual(['figure']);
  expect(chat?.rows).toHaveLength(1);
  expect(chat?.rows[0]?.byPriority).toBe(true);
  expect(chat?.rows[0]?.fields.map((field) => field.kind)).toEqual(['target', 'target']);
});

test('rows that stand by themselves share a card', () => {
  const cards = cardsOf(groupsOf('sla', SLA, SLA));
  expect(cards.map((card) => [card.name, card.rows.length])).toEqual([[null, 2]]);
});

test('a value that was set is shown over what the file says', () => {
  const value = withValue(SLA, ['chat_first_response', 'P2', 'minutes'], 3);
  const field = groupsOf('sla', value, SLA)[1]?.rows[0]?.fields[1];
  expect([field?.value, field?.default]).toEqual([{ minutes: 3 }, { minutes: 2 }]);
  expect(SLA['chat_first_response']).toEqual({
    P1: { minutes: 1, clock: true },
    P2: { minutes: 2 },
  });
});

test('a few texts are offered as choices, lists of them as several', () => {
  const routing: JsonObject = { assignment: 'auto', skill: { general: ['other'], enough: 3 } };
  const kinds = groupsOf('routing', routing, routing).flatMap((group) =>
    group.rows.flatMap((row) => row.fields.map((field) => field.kind)),
  );
  expect(kinds).toEqual(['choice', 'several', 'figure']);
});

test('the order of keys makes no difference between policies', () => {
  expect(same({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
});

test('a target needs a time, and working days are never on the clock', () => {
  expect(targetOf('', '', true)).toBeNull();
  expect(targetOf('15', '', true)).toEqual({ minutes: 15, clock: true });
  expect(targetOf('1440', '5', true)).toEqual({ minutes: 1440, working_days: 5 });
});

test('a refused policy keeps what was written', async () => {
  const sent: unknown[] = [];
  withServer()
    .on('GET /settings/sla', () => SLA_SETTING)
    .on('PUT /settings/sla', ({ body }) => {
      sent.push(body);
      throw new Error('refused');
    });
  const store = usePolicies();
  await store.open('sla');
  store.set(['warn_share'], 2);
  await expect(store.save()).rejects.toThrow('refused');
  expect(store.dirty).toBe(true);
  expect(sent).toEqual([{ version: 4, value: { ...SLA, warn_share: 2 } }]);
  store.undo();
  expect(store.dirty).toBe(false);
});

test('opening hours are read as people write them', () => {
  expect(readHours('09:00-12:00, 13:00-18:00')).toEqual([
    ['09:00', '12:00'],
    ['13:00', '18:00'],
  ]);
  expect(readHours('09:00至12:00，13:00–24:00')).toEqual([
    ['09:00', '12:00'],
    ['13:00', '24:00'],
  ]);
  expect(readHours(' ')).toEqual([]);
});

test.each(['9-12', '09:00-08:00', '09:00-12:00, 11:00-18:00', '25:00-26:00', '09:60-10:00'])(
  '%s is no stretch of hours',
  (text) => expect(readHours(text)).toBeNull(),
);

test('hours that are written are read the same', () => {
  const text = '09:00-12:00, 13:00-18:00';
  expect(writeHours(readHours(text) ?? 'closed')).toBe(text);
  expect(writeHours('closed')).toBe('');
});

test('a month begins on its weekday and has all its days', () => {
  const weeks = weeksOf(2026, 2);
  expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-02-01']);
  expect(weeks.flat().filter(Boolean)).toHaveLength(28);
  expect(weeksOf(2028, 2).flat().filter(Boolean)).toHaveLength(29);
  expect(weeks.every((week) => week.length === 7)).toBe(true);
});

function dayOff(change: Partial<CalendarDay> = {}): CalendarDay {
  return {
    date: '2026-10-01',
    working: false,
    hours: [],
    name: '国庆节',
    kind: 'holiday',
    certain: true,
    usual_kind: 'holiday',
    usual_hours: [],
    ...change,
  };
}

test('one press opens a day off or closes a working day, the next one undoes it', () => {
  const open: Hours = [['09:00', '20:00']];
  const workday = dayOff({ usual_kind: 'weekday', usual_hours: [['09:00', '12:00']] });
  expect(pressed(dayOff(), undefined, open)).toEqual(open);
  expect(pressed(workday, undefined, open)).toBe('closed');
  expect([pressed(dayOff(), open, open), pressed(workday, 'closed', open)]).toEqual([null, null]);
});

test('a day keeps its official look whatever was set for it', () => {
  const opened = dayOff({ kind: 'override', working: true, hours: [['09:00', '20:00']] });
  expect([lookOf(opened), lookOf(dayOff({ usual_kind: 'weekday' }))]).toEqual([
    'holiday',
    'closed',
  ]);
});

test('arrow keys move through the year by days, weeks and months, and stay in it', () => {
  const after = (date: string, ...keys: string[]): (string | null)[] =>
    keys.map((key) => dateAfter(date, key));
  expect(after('2026-03-01', 'ArrowLeft', 'ArrowDown')).toEqual(['2026-02-28', '2026-03-08']);
  expect(after('2026-03-31', 'PageUp', 'PageDown')).toEqual(['2026-02-28', '2026-04-30']);
  expect(after('2026-01-03', 'ArrowUp', 'PageUp', 'x')).toEqual(['2026-01-03', '2026-01-03', null]);
});

test('what gives the conversation away stays last in a macro', () => {
  const closing: MacroAction[] = [blank('reply'), blank('close')];
  expect(added(closing, blank('tag')).map((action) => action.kind)).toEqual([
    'reply',
    'tag',
    'close',
  ]);
  expect(moved(closing, 0, 1).map((action) => action.kind)).toEqual(['reply', 'close']);
  expect(addable(closing)).not.toContain('transfer');
});

test('priority and ticket stand in a macro once, and ten actions are enough', () => {
  expect(addable([blank('priority')])).not.toContain('priority');
  expect(addable(Array.from({ length: 10 }, () => blank('reply')))).toEqual([]);
});

test('a macro is not complete while a text, a tag or a target is missing', () => {
  expect(complete(blank('reply'))).toBe(false);
  expect(complete({ kind: 'tag', tags: ['退款'] })).toBe(true);
  expect(complete({ kind: 'transfer', agent_id: null, skill: null, note: null })).toBe(false);
});

test('a click raises a skill and clears it after the highest', () => {
  expect([0, 4, 5].map(nextLevel)).toEqual([1, 5, 0]);
});

test('changing one skill leaves the others, and level 0 takes it out', () => {
  const one = agent('1', { skills: [{ category: { key: 'refund', name: '退款' }, level: 3 }] });
  expect(skillsWith(one, 'order', 2)).toEqual([
    { category: 'refund', level: 3 },
    { category: 'order', level: 2 },
  ]);
  expect(skillsWith(one, 'refund', 0)).toEqual([]);
});
