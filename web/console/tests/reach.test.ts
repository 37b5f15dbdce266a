import { getActivePinia } from 'pinia';
import { createApp, nextTick, type Component } from 'vue';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StaffMessage } from '../../shared/api';
import type { Delivery, Reach, Reminded, Undelivered } from '../../shared/api/reach';
import { INBOX } from '../src/api';
import { ApiError } from '../src/api/http';
import type { InboxApi } from '../src/api/inbox';
import DeliveryNote from '../src/components/reach/DeliveryNote.vue';
import ReachBar from '../src/components/reach/ReachBar.vue';
import { deliveryKey, leftOf, mayRetry } from '../src/format/reach';
import { i18n } from '../src/i18n';
import en from '../src/i18n/reach.en';
import zh from '../src/i18n/reach.zh';
import { useHandling } from '../src/stores/handling';
import { withDeliveries } from '../src/stores/message-list';
import { useOpened } from '../src/stores/opened';
import { FakeDesk, ME, message, summary, withStores } from './fakes';

const NOW = Date.parse('2025-01-18T08:00:00Z');
const SENT: Delivery = { state: 'sent', problem: null, code: null };

function reach(change: Partial<Reach> = {}): Reach {
  const until = '2025-01-20T08:00:00Z';
  return { messages_left: 4, seconds_left: 172800, until, subscription: false, ...change };
}

function delivery(state: Delivery['state'], problem: string | null = null): Delivery {
  return { state, problem, code: null };
}

describe('what is left', () => {
  test('enough, little, none', () => {
    expect(leftOf(reach(), NOW)).toEqual({ level: 'enough', messages: 4, seconds: 172800 });
    expect(leftOf(reach({ messages_left: 1 }), NOW).level).toBe('little');
    expect(leftOf(reach({ until: '2025-01-18T08:59:00Z' }), NOW).level).toBe('little');
    const none = { level: 'none', messages: 0, seconds: 0 };
    expect(leftOf(reach({ messages_left: 0, until: null }), NOW)).toEqual(none);
  });

  test('a window that closes while the page is open leaves nothing', () => {
    const closing = reach({ until: '2025-01-18T08:00:10Z' });
    expect(leftOf(closing, NOW + 9_000)).toMatchObject({ messages: 4, seconds: 1 });
    expect(leftOf(closing, NOW + 10_000).level).toBe('none');
  });
});

describe('what became of a message', () => {
  test('what arrived or was taken back before it went needs no words', () => {
    expect(deliveryKey(SENT)).toBeNull();
    expect(deliveryKey(delivery('dropped'))).toBeNull();
  });

  test('that the customer was not asked for a rating is said', () => {
    expect(deliveryKey(delivery('dropped', 'late'))).toBe('late');
  });

  test('everything else says what it is', () => {
    expect(deliveryKey(delivery('waiting'))).toBe('waiting');
    expect(deliveryKey(delivery('waiting', 'busy'))).toBe('again');
    expect(deliveryKey(delivery('unconfirmed'))).toBe('unconfirmed');
    expect(deliveryKey(delivery('held', 'window'))).toBe('window');
    expect(deliveryKey(delivery('failed', 'something new'))).toBe('refused');
  });

  test('only what nobody else will send can be sent again', () => {
    expect(mayRetry(delivery('unconfirmed'))).toBe(true);
    expect(mayRetry(delivery('failed', 'refused'))).toBe(true);
    expect(mayRetry(delivery('held', 'account'))).toBe(true);
    expect(mayRetry(delivery('held', 'window'))).toBe(false);
    expect(mayRetry(delivery('waiting'))).toBe(false);
  });

  test.each(['zh', 'en'])('each problem has words and advice in %s', (language) => {
    const texts = (language === 'zh' ? zh : en).reach;
    expect(Object.keys(texts.advice)).toEqual(Object.keys(texts.delivery));
    const silent = Object.entries(texts.advice).filter(([, advice]) => !advice);
    expect(silent.map(([key]) => key)).toEqual(['waiting']);
  });
});

describe('the opened conversation', () => {
  let desk: FakeDesk;
  let undelivered: Undelivered[];
  beforeEach(() => {
    desk = withStores();
    undelivered = [];
    const ask = desk.messages.bind(desk);
    vi.spyOn(desk, 'messages').mockImplementation(async (id, after) => ({
      ...(await ask(id, after)),
      undelivered,
    }));
    desk.put(summary({ state: 'active', owner: ME, channel: 'wechat' }));
  });

  test('a message that was known as sent is shown as failed later', async () => {
    desk.messagesById.set('c1', [message(1, { author: 'agent', delivery: SENT })]);
    const opened = useOpened();
    await opened.open('c1');
    expect(opened.messages[0]?.delivery).toEqual(SENT);
    undelivered = [{ seq: 1, state: 'failed', problem: 'refused', code: 10 }];
    await opened.refresh();
    expect(opened.messages[0]?.delivery).toEqual({ state: 'failed', problem: 'refused', code: 10 });
  });

  test('a message that was held is shown as sent once it has gone', () => {
    const held = message(1, { delivery: delivery('held', 'window') });
    const note = message(2, { delivery: null });
    expect(withDeliveries([held, note], []).map((each) => each.delivery)).toEqual([SENT, null]);
  });

  test('a reminder brings the new reach', async () => {
    const opened = useOpened();
    await opened.open('c1');
    const left = reach({ messages_left: 0, until: null });
    const reminded: Reminded = { state: 'unconfirmed', reach: left };
    Object.assign(desk, { remind: () => Promise.resolve(reminded) });
    expect(await useHandling().remind()).toBe('unconfirmed');
    expect(opened.detail?.reach).toEqual(left);
  });
});

describe('on the page', () => {
  let desk: FakeDesk;
  let shown: HTMLElement;
  let unmount = (): void => undefined;
  beforeEach(() => {
    desk = withStores();
    shown = document.createElement('div');
    document.body.append(shown);
  });
  afterEach(() => {
    unmount();
    shown.remove();
  });

  function show(component: Component, props: Record<string, unknown>): void {
    const app = createApp(component, props);
    const pinia = getActivePinia();
    if (pinia) app.use(pinia);
    app.use(i18n).provide(INBOX, desk as unknown as InboxApi);
    app.mount(shown);
    unmount = () => app.unmount();
  }

  function noted(change: Partial<StaffMessage>): void {
    show(DeliveryNote, { message: message(7, { author: 'agent', ...change }) });
  }

  const text = (): string => shown.textContent?.replace(/\s+/g, ' ').trim() ?? '';

  test('before anything is typed it says how many messages and how much time are left', () => {
    const until = new Date(Date.now() + 2 * 86_400_000 + 3_630_000).toISOString();
    show(ReachBar, { reach: reach({ until }) });
    expect(text()).toMatch(/^还可发送 4 条\s?剩余 2 天 01:00$/);
  });

  test('the last message is announced', () => {
    show(ReachBar, { reach: reach({ messages_left: 1, until: '2099-01-01T00:00:00Z' }) });
    expect(text()).toContain('请把要说的一次说完');
  });

  test('when nothing is left it says what happens, and the reminder is offered on consent', () => {
    show(ReachBar, { reach: reach({ messages_left: 0, until: null }) });
    expect(text()).toContain('客户再次发言后自动送出');
    expect(shown.querySelector('button')).toBeNull();
    unmount();
    show(ReachBar, { reach: reach({ messages_left: 0, until: null, subscription: true }) });
    expect(shown.querySelector('button')?.textContent).toContain('发送订阅消息');
  });

  test('who cannot be written to at all is said to be, with the reason', () => {
    show(ReachBar, { reach: reach({ messages_left: 0, until: null, reason: 'elsewhere' }) });
    expect(text()).toContain('企业微信中的同事接待');
    expect(text()).not.toContain('再次发言');
  });

  test('a refused reminder is explained', async () => {
    desk.put(summary());
    await useOpened().open('c1');
    const refused = new ApiError(409, 'not_sent', '微信没有接受', { problem: 'subscription' });
    const remind = vi.fn().mockRejectedValue(refused);
    Object.assign(desk, { remind });
    show(ReachBar, { reach: reach({ messages_left: 0, until: null, subscription: true }) });
    shown.querySelector('button')?.click();
    await vi.waitFor(() => {
      expect(document.body.textContent).toContain('客户没有可用的订阅同意');
    });
    expect(remind).toHaveBeenCalledWith('c1');
  });

  test('what may have arrived can be sent again by hand', async () => {
    desk.put(summary());
    await useOpened().open('c1');
    const again = message(7, { author: 'agent', delivery: delivery('waiting') });
    const retry = vi.fn().mockResolvedValue(again);
    Object.assign(desk, { retry });
    noted({ delivery: delivery('unconfirmed') });
    expect(text()).toContain('不确定是否送达');
    shown.querySelector('button')?.click();
    await nextTick();
    expect(retry).toHaveBeenCalledWith('c1', 7);
    await vi.waitFor(() => {
      expect(useOpened().messages[0]?.delivery?.state).toBe('waiting');
    });
  });

  test('what is held says so and needs nobody', () => {
    noted({ delivery: delivery('held', 'window') });
    expect(text()).toContain('未发送，已保留');
    expect(shown.querySelector('button')).toBeNull();
  });

  test('what arrived says nothing', () => {
    noted({ delivery: SENT });
    expect(text()).toBe('');
  });
});
