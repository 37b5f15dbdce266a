import { beforeAll, beforeEach, expect, test } from 'vitest';
import { i18n } from '../src/i18n';
import { sayFieldProblems } from '../src/ui/field-problems';

beforeAll(() => sayFieldProblems(document, (...call) => i18n.global.t(...call)));
beforeEach(() => document.body.replaceChildren());

function field(html: string): HTMLInputElement {
  const form = `<form><label class="field"><span>名</span>${html}</label></form>`;
  document.body.append(document.createRange().createContextualFragment(form));
  return document.querySelector('input') as HTMLInputElement;
}

function changed(input: HTMLInputElement, value: string): void {
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function said(): string[] {
  return [...document.querySelectorAll('[role="alert"]')].map((each) => each.textContent);
}

test.each([
  ['<input type="number" min="0" />', '-5', '不能小于 0。'],
  ['<input type="number" max="50" />', '51', '不能大于 50。'],
  ['<input type="email" />', '张三', '邮箱地址不完整，例如 name@shop.cn。'],
  ['<input pattern="[a-z]+" title="只用小写字母" />', '张三', '只用小写字母'],
  ['<input required />', '', '请填写这一项。'],
])('what is wrong with %s is said beside it, until it is right', (html, wrong, sentence) => {
  const input = field(html);
  changed(input, wrong);
  expect(said()).toEqual([sentence]);
  expect(input.nextElementSibling?.id).toBe(input.getAttribute('aria-describedby'));
  changed(input, wrong);
  expect(said()).toHaveLength(1);
  const right = { number: '3', email: 'a@b.cn' }[input.type] ?? 'abc';
  changed(input, right);
  expect(said()).toEqual([]);
  expect(input.hasAttribute('aria-invalid')).toBe(false);
});

test('a form that is not complete leads to the first field that is wrong', () => {
  const first = field('<input required /><input required />');
  first.form?.reportValidity();
  expect(said()).toEqual(['请填写这一项。', '请填写这一项。']);
  expect(document.activeElement).toBe(first);
});
