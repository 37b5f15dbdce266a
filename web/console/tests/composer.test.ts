import { describe, expect, test } from 'vitest';
import type { ReadyReply } from '../../shared/api/inbox';
import { EMOJI, emojiStep } from '../src/composer/emoji';
import { createSuggest, peopleFor, type Suggest } from '../src/composer/suggest';
import { firstHole, holesIn, replaced, triggerAt } from '../src/composer/trigger';
import { byFitness } from '../src/stores/colleagues';
import { agent } from './fakes';

describe('triggers', () => {
  test('a sign at the beginning, after a blank or on a new line looks something up', () => {
    expect(triggerAt('/退款', 3)).toEqual({ sign: '/', query: '退款', from: 0, to: 3 });
    expect(triggerAt('您好 /tk', 6)).toMatchObject({ query: 'tk', from: 3 });
    expect(triggerAt('第一行\n@周', 6)).toMatchObject({ sign: '@', query: '周', from: 4 });
  });

  test('a fraction, an address and a sign with blanks behind are plain text', () => {
    expect(triggerAt('3/4', 3)).toBeNull();
    expect(triggerAt('https://a', 9)).toBeNull();
    expect(triggerAt('/退款 了', 5)).toBeNull();
    expect(triggerAt('me@shop', 7)).toBeNull();
  });

  test('only what stands before the caret counts', () => {
    expect(triggerAt('/退款', 2)).toMatchObject({ query: '退', to: 2 });
  });

  test('the ready text takes the place of the sign and its query', () => {
    const text = '您好 /tk 谢谢';
    const trigger = triggerAt(text, 6);
    expect(trigger && replaced(text, trigger, '退款三天到账')).toBe('您好 退款三天到账 谢谢');
  });

  test('the first unfilled place is to be written over', () => {
    const text = '订单 【订单号】，工单 【工单号】';
    expect(holesIn(text)).toEqual(['【订单号】', '【工单号】']);
    expect(firstHole(text, ['【工单号】', '【订单号】'])).toEqual([3, 8]);
    expect(firstHole('没有', ['【订单号】'])).toBeNull();
  });
});

describe('suggestions', () => {
  function reply(shortcut: string): ReadyReply {
    return { shortcut, title: shortcut, text: '订单 【订单号】', missing: ['order.number'] };
  }

  /** Answers of the desk are given by hand, in any order. */
  function slowDesk(): { suggest: Suggest; answer: (q: string, found: string[]) => Promise<void> } {
    const waiting = new Map<string, (found: ReadyReply[]) => void>();
    const suggest = createSuggest({
      canned: (q) => new Promise((resolve) => waiting.set(q, resolve)),
      people: () => [agent({ id: 'a1', display_name: '周敏' })],
    });
    const answer = async (q: string, found: string[]): Promise<void> => {
      waiting.get(q)?.(found.map(reply));
      await new Promise((resolve) => setTimeout(resolve));
    };
    return { suggest, answer };
  }

  test('a late answer to an earlier query is dropped', async () => {
    const { suggest, answer } = slowDesk();
    suggest.look('/t', 2, '/');
    suggest.look('/tk', 3, '/');
    await answer('tk', ['refund']);
    await answer('t', ['track', 'ticket']);
    expect(suggest.items.value.map((item) => [item.key, item.holes])).toEqual([
      ['refund', ['【订单号】']],
    ]);
  });

  test('the keys go round', async () => {
    const { suggest, answer } = slowDesk();
    suggest.look('/', 1, '/');
    await answer('', ['a', 'b']);
    suggest.step(-1);
    expect(suggest.at.value).toBe(1);
    suggest.step(1);
    expect(suggest.at.value).toBe(0);
  });

  test('a list that was closed stays closed until another sign is written', async () => {
    const { suggest, answer } = slowDesk();
    suggest.look('/t', 2, '/');
    await answer('t', ['track']);
    suggest.close();
    suggest.look('/tk', 3, '/');
    expect(suggest.state.value).toBe('off');
    suggest.look('', 0, '/');
    suggest.look('/t', 2, '/');
    expect(suggest.state.value).toBe('searching');
  });

  test('a sign without meaning here finds nothing', () => {
    const { suggest } = slowDesk();
    suggest.look('@周', 2, '/');
    expect(suggest.state.value).toBe('off');
    suggest.look('@周', 2, '@');
    expect(suggest.items.value.map((item) => item.title)).toEqual(['周敏']);
  });

  test('colleagues are found by name and by login', () => {
    const people = [agent({ id: '1', display_name: '周敏', username: 'zhoumin' })];
    expect(peopleFor('min', people)).toHaveLength(1);
    expect(peopleFor('李', people)).toEqual([]);
  });
});

describe('colleagues', () => {
  const refund = { category: { key: 'refund', name: '退款退货' }, level: 4 };

  test('who is there comes before who is skilled, and that before who has time', () => {
    const people = [
      agent({ id: 'away', effective_presence: 'offline', skills: [refund] }),
      agent({ id: 'full', load: 5, skills: [refund] }),
      agent({ id: 'free', load: 1, skills: [refund] }),
      agent({ id: 'other', load: 0 }),
    ];
    const order = [...people].sort(byFitness('refund')).map((each) => each.id);
    expect(order).toEqual(['free', 'full', 'other', 'away']);
  });
});

describe('emoji', () => {
  test('the arrow keys stay inside the grid', () => {
    expect(emojiStep(0, 'ArrowLeft')).toBe(0);
    expect(emojiStep(0, 'ArrowDown')).toBe(8);
    expect(emojiStep(EMOJI.length - 1, 'ArrowDown')).toBe(EMOJI.length - 1);
  });

  test('none stands there twice', () => {
    expect(new Set(EMOJI.map(([sign]) => sign)).size).toBe(EMOJI.length);
  });
});
