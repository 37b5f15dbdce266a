import { expect, test } from 'vitest';
import { linkify } from '../src/view/linkify';

const links = (text: string): string[] =>
  linkify(text).flatMap((node) => (node instanceof HTMLAnchorElement ? [node.href] : []));

test.each([
  ['见https://a.example/退款，谢谢', 'https://a.example/%E9%80%80%E6%AC%BE'],
  ['（https://a.example/x）', 'https://a.example/x'],
  ['https://a.example/x?y=1&z=2.', 'https://a.example/x?y=1&z=2'],
  ['HTTP://A.example', 'http://a.example/'],
])('the address in %s ends where the sentence goes on', (text, address) => {
  expect(links(text)).toEqual([address]);
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'ftp://a.example', 'https://', 'a.example'])(
  '%s is no link',
  (text) => expect(links(text)).toEqual([]),
);

test('all text is kept', () => {
  const text = '一 https://a.example 二\nhttp://b.example/。三';
  const nodes = linkify(text).map((node) => (typeof node === 'string' ? node : node.textContent));
  expect(nodes.join('')).toBe(text);
});
