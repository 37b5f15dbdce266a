import { expect, test } from 'vitest';
import { textsFor } from '../src/i18n';
import { arrange } from '../src/session/timeline';
import { answerNodes } from '../src/view/answer-view';
import { messageView } from '../src/view/message-view';
import { message } from './fakes';

const texts = textsFor('zh');
const open = (): Promise<Blob> => Promise.reject(new Error('not opened'));
const ID = '01930000-0000-7000-8000-000000000001';

function shown(answer: string): HTMLElement {
  const root = document.createElement('div');
  root.append(...answerNodes(answer, texts, open));
  return root;
}

test('bold, links and lists are elements', () => {
  const root = shown('**注意**：\n- [说明](https://shop.test/a)\n- https://shop.test/b');
  expect(root.querySelector('strong')?.textContent).toBe('注意');
  expect(root.querySelectorAll('li')).toHaveLength(2);
  const links = [...root.querySelectorAll('a')];
  expect(links.map((link) => [link.href, link.rel])).toEqual([
    ['https://shop.test/a', 'noopener noreferrer nofollow'],
    ['https://shop.test/b', 'noopener noreferrer nofollow'],
  ]);
});

test('a link holds no other link', () => {
  const root = shown('[https://one.test](https://two.test/)');
  expect(root.querySelectorAll('a')).toHaveLength(1);
});

test.each(['<b>x</b>', '<img src=x onerror=alert(1)>', '[x](javascript:alert(1))'])(
  '%s stays text',
  (answer) => {
    const root = shown(answer);
    expect(root.textContent).toBe(answer);
    expect(root.children).toHaveLength(0);
  },
);

test('a picture is opened by its attachment, with what it shows as its name', () => {
  const picture = shown(`![尺码表](attachment:${ID})`).querySelector('a');
  expect(picture?.getAttribute('aria-label')).toBe('查看图片 尺码表');
});

test('what people write has no markup', () => {
  const actions = { pick: () => {}, retry: () => {}, openFile: open };
  const bubble = (author: 'bot' | 'agent' | 'customer'): string | undefined => {
    const [item] = arrange([message(1, { author, text: '**好**' })], [], 0);
    return item && messageView(item, texts, actions).element.querySelector('.bubble')?.textContent;
  };
  expect([bubble('bot'), bubble('agent'), bubble('customer')]).toEqual(['好', '**好**', '**好**']);
});
