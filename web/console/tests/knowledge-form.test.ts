import { expect, test } from 'vitest';
import { noteOf, shownChange, textOf, type Names } from '../src/components/knowledge/diff';
import {
  blankContent,
  differs,
  filledIn,
  formOf,
  linesOf,
  localTime,
  problemsOf,
  withQuestions,
} from '../src/components/knowledge/form';
import { bold, link, list, picture, secureAddress } from '../src/components/knowledge/toolbar';
import { content } from './knowledge-fakes';

test('what was only looked at is sent as it is, and is no change', () => {
  const before = content({
    valid_from: '2026-11-21T01:00:42+00:00',
    review_on: '2026-12-01',
    variants: { wechat: '1–3 天' },
    buttons: [{ title: '查退款', text: '我的退款到哪了' }],
    owner_id: 'u1',
    task: 'refund_status',
  });
  expect(differs(formOf(before), before)).toBe(false);
  expect(filledIn(formOf(before), before)).toEqual(before);
});

test('the order of wordings is no change, another wording is', () => {
  const before = content();
  const form = formOf(before);
  form.questions.reverse();
  expect(differs(form, before)).toBe(false);
  form.questions.push('多久退');
  expect(differs(form, before)).toBe(true);
});

test('what is emptied is sent as none, and empty rows are left out', () => {
  const before = content({ valid_to: '2026-11-21T01:00:00Z', variants: { web: 'x' } });
  const form = formOf(before);
  Object.assign(form, { valid_to: '', variants: { web: ' ' }, buttons: [{ title: '', text: '' }] });
  const { valid_to, variants, buttons } = filledIn(form, before);
  expect([valid_to, variants, buttons]).toEqual([null, {}, []]);
});

test('a button without words of its own says its title', () => {
  const form = formOf(content({ buttons: [{ title: ' 转人工 ', text: '' }] }));
  expect(filledIn(form, content()).buttons).toEqual([{ title: '转人工', text: '转人工' }]);
});

test('a time that was chosen means the clock of the desk, wherever the browser is', () => {
  const form = formOf(content());
  form.valid_from = '2026-11-21T09:00';
  const sent = filledIn(form, content()).valid_from;
  expect(sent).toBe('2026-11-21T01:00:00.000Z');
  expect(localTime(sent)).toBe('2026-11-21T09:00');
});

test('what is missing is named in the order of the page', () => {
  expect(problemsOf(formOf(blankContent()))).toEqual(['category', 'question', 'answer']);
  const form = formOf(content());
  form.valid_from = '2026-11-21T09:00';
  form.valid_to = '2026-11-21T09:00';
  form.buttons = [{ title: '', text: '在吗' }];
  expect(problemsOf(form)).toEqual(['button', 'valid_to']);
});

test('pasted lines lose the marks of their list, and nothing else', () => {
  const pasted = '1. 怎么退款\r\n2、退款  要几天\n- 钱呢\n\n3.5 寸的屏幕能退吗\n  ';
  expect(linesOf(pasted)).toEqual(['怎么退款', '退款 要几天', '钱呢', '3.5 寸的屏幕能退吗']);
});

test('wordings are added once, the newest first', () => {
  const form = formOf(content());
  const lines = ['退款多久到账？', '钱什么时候退', '多久', '多久', 'x'.repeat(201)];
  expect(withQuestions(form, lines)).toEqual({
    questions: ['多久', '钱什么时候退', '退款要几天'],
    added: 1,
    known: 3,
    long: ['x'.repeat(201)],
  });
});

test('bold is put on and taken off', () => {
  const on = bold({ text: '请看这里', start: 2, end: 4 });
  expect(on).toEqual({ text: '请看**这里**', start: 4, end: 6 });
  expect(bold(on)).toEqual({ text: '请看这里', start: 2, end: 4 });
});

test('several lines are bold each, and a bold part of them does not come twice', () => {
  const text = '**甲**到账：\n- 乙\n';
  const on = bold({ text, start: 0, end: text.length });
  expect(on.text).toBe('**甲到账：**\n- **乙**\n');
  expect(bold(on).text).toBe('甲到账：\n- 乙\n');
});

test('the lines of a selection become a list, and lines again', () => {
  const on = list({ text: '甲\n乙\n丙', start: 0, end: 3 });
  expect(on.text).toBe('- 甲\n- 乙\n丙');
  expect(list({ ...on }).text).toBe('甲\n乙\n丙');
});

test('links and pictures stand where the cursor was', () => {
  expect(link({ text: '看说明。', start: 1, end: 3 }, '说明', 'https://a.test/')).toEqual({
    text: '看[说明](https://a.test/)。',
    start: 22,
    end: 22,
  });
  expect(picture({ text: '', start: 0, end: 0 }, '尺[码]表', 'ID').text).toBe(
    '![尺 码 表](attachment:ID)',
  );
});

test.each([
  ['shop.test/a', 'https://shop.test/a'],
  ['https://shop.test/a(1)', 'https://shop.test/a%281%29'],
  ['http://shop.test', null],
  ['javascript:alert(1)', null],
  ['没有', null],
])('%s as an address', (typed, address) => expect(secureAddress(typed)).toBe(address));

const names: Names = {
  category: (key) => `<${key}>`,
  person: (id) => `@${id}`,
  channel: (key) => `#${key}`,
  time: (iso) => iso.slice(0, 10),
  yes: '是',
  no: '否',
  none: '（无）',
};

test.each([
  ['active', false, '否'],
  ['category', 'refund', '<refund>'],
  ['owner_id', 'u1', '@u1'],
  ['owner_id', null, '（无）'],
  ['valid_to', '2026-11-21T00:00:00Z', '2026-11-21'],
  ['buttons', [{ title: '查', text: '查退款' }], '查 → 查退款'],
  ['buttons', [], '（无）'],
  ['variants', { wechat: '好' }, '#wechat：好'],
])('%s %j is shown as %s', (field, value, text) => {
  expect(textOf(field, value, names)).toBe(text);
});

test('of questions only those that came and went are shown', () => {
  const change = { field: 'questions', before: ['甲', '乙'], after: ['乙', '丙'] };
  expect(shownChange({ ...change, added: ['丙'], removed: ['甲'] }, names)).toEqual({
    field: 'questions',
    out: ['甲'],
    in: ['丙'],
  });
});

test('notes of the desk are told from those of people', () => {
  expect(noteOf('restore:3')).toEqual({ kind: 'restored', text: '3' });
  expect(noteOf('import').kind).toBe('import');
  expect(noteOf('restore:3 不对')).toEqual({ kind: 'said', text: 'restore:3 不对' });
});
