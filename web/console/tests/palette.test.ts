import { expect, test } from 'vitest';
import type { Found } from '../../shared/api/shell';
import { matching, pageOf, piecesOf, type Command } from '../src/components/palette/commands';

function command(title: string, words = ''): Command {
  return { id: title, group: 'page', title, words, run: () => undefined };
}

const COMMANDS = [
  command('会话', 'huihua hh conversations'),
  command('设置', 'shezhi sz settings'),
  command('外观：深色', 'waiguan wg shense ss dark'),
];

function titles(query: string): string[] {
  return matching(COMMANDS, query).map((each) => each.title);
}

test('a command is found by its title, by pinyin, by its initials and by English', () => {
  for (const query of ['设置', 'shezhi', 'sz', 'Settings', ' sett ']) {
    expect(titles(query)).toEqual(['设置']);
  }
});

test('every word of the query has to fit', () => {
  expect(titles('外观 深')).toEqual(['外观：深色']);
  expect(titles('wg dark')).toEqual(['外观：深色']);
  expect(titles('外观 浅')).toEqual([]);
});

test('a title that begins with the query comes before one that only has it', () => {
  const found = matching([command('查看会话'), command('会话')], '会话');
  expect(found.map((each) => each.title)).toEqual(['会话', '查看会话']);
});

test('without a query everything is offered in its order', () => {
  expect(titles('  ')).toEqual(COMMANDS.map((each) => each.title));
});

test('a snippet is cut at its marks', () => {
  expect(piecesOf('我的\u0002退款\u0003没到账')).toEqual([
    { text: '我的', marked: false },
    { text: '退款', marked: true },
    { text: '没到账', marked: false },
  ]);
});

test('marks without a partner lose no text', () => {
  const text = (snippet: string): string =>
    piecesOf(snippet)
      .map((piece) => piece.text)
      .join('');
  expect(text('a\u0003b')).toBe('ab');
  expect(text('a\u0002b')).toBe('ab');
  expect(piecesOf('')).toEqual([]);
});

test('what was found opens on its own page', () => {
  const found = { title: '', snippet: '', moment: '', id: 'x' };
  const page = (item: Partial<Found>): string => pageOf({ ...found, ...item } as Found);
  expect(page({ kind: 'conversation', conversation_id: 'c1' })).toBe('/desk/open/c1');
  expect(page({ kind: 'ticket', number: 'T20261121-00042' })).toBe('/tickets/T20261121-00042');
  expect(page({ kind: 'knowledge', id: 'a/b' })).toBe('/knowledge/a%2Fb');
});
