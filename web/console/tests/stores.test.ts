import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentServerFrame } from '../../shared/api';
import { belongs, useLists } from '../src/stores/lists';
import { useLive } from '../src/stores/live';
import { askFrom, merge, useOpened } from '../src/stores/opened';
import { useReplies } from '../src/stores/replies';
import { useSession } from '../src/stores/session';
import { FakeDesk, ME, message, summary, withStores } from './fakes';

let desk: FakeDesk;
beforeEach(() => {
  vi.useFakeTimers();
  desk = withStores();
});
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('lists', () => {
  test('the queue is in order of priority, then of waiting', async () => {
    desk.put(summary({ id: 'late', priority: 'P2', queued_at: '2025-01-18T08:05:00Z' }));
    desk.put(summary({ id: 'low', priority: 'P4', queued_at: '2025-01-18T07:00:00Z' }));
    desk.put(summary({ id: 'early', priority: 'P2', queued_at: '2025-01-18T08:01:00Z' }));
    desk.put(summary({ id: 'none', priority: null }));
    const lists = useLists();
    await lists.show('queue');
    expect(lists.items.map((item) => item.id)).toEqual(['early', 'late', 'low', 'none']);
  });

  test('a conversation that changes hands moves at once, and so do the counts', async () => {
    const queued = desk.put(summary());
    const lists = useLists();
    await lists.show('queue');
    lists.apply({ ...queued, state: 'active', owner: ME });
    expect(lists.items).toEqual([]);
    expect(lists.counts).toMatchObject({ queue: 0, mine: 1, open: 1 });
  });

  test('what the desk no longer lists is gone after loading again', async () => {
    desk.put(summary());
    const lists = useLists();
    await lists.show('queue');
    desk.conversationsById.clear();
    await lists.load();
    expect(lists.items).toEqual([]);
  });

  test('a failed load keeps what is there and says so', async () => {
    desk.put(summary());
    const lists = useLists();
    await lists.show('queue');
    desk.failing = new Error('away');
    await lists.load();
    expect(lists.items).toHaveLength(1);
    expect(lists.error).toBe(desk.failing);
  });

  test('the cursor moves through the list and stays inside', async () => {
    for (const id of ['a', 'b']) desk.put(summary({ id, queued_at: `2025-01-18T08:0${id}` }));
    const lists = useLists();
    await lists.show('queue');
    expect([lists.move(1), lists.move(1), lists.move(1)]).toEqual(['a', 'b', 'b']);
    expect([lists.move(-1), lists.move(-1)]).toEqual(['a', 'a']);
  });

  test('a conversation nobody has written in is in no list', () => {
    expect(belongs(summary({ state: 'bot', last_message: null }), 'open', ME.id)).toBe(false);
  });
});

describe('messages', () => {
  test('are merged by seq; the newer copy wins', () => {
    const merged = merge([message(1), message(3)], [message(2), message(3, { text: 'new' })]);
    expect(merged.map((each) => each.text)).toEqual(['text 1', 'text 2', 'new']);
  });

  test('are asked for again from the first one without labels or outcome', () => {
    expect(askFrom([message(1), message(2, { labels: null }), message(3)])).toBe(1);
    expect(askFrom([message(1), message(2), message(3, { turn: null })])).toBe(2);
    expect(askFrom([message(1), message(2, { author: 'bot', labels: null })])).toBe(2);
    expect(askFrom([])).toBe(0);
  });
});

describe('the opened conversation', () => {
  test('is read page by page and without what can be done without', async () => {
    desk.put(summary());
    desk.pageSize = 2;
    desk.messagesById.set(
      'c1',
      [1, 2, 3].map((seq) => message(seq)),
    );
    const opened = useOpened();
    await opened.open('c1');
    expect(opened.messages.map((each) => each.seq)).toEqual([1, 2, 3]);
    expect(opened.customer).toBeNull();
    expect(opened.error).toBeNull();
    expect(opened.loading).toBe(false);
  });

  test('an answer that comes after another one was opened is dropped', async () => {
    desk.put(summary({ id: 'c1' }));
    desk.put(summary({ id: 'c2' }));
    desk.messagesById.set('c1', [message(1, { text: 'of c1' })]);
    const opened = useOpened();
    await Promise.all([opened.open('c1'), opened.open('c2')]);
    expect(opened.detail?.id).toBe('c2');
    expect(opened.messages).toEqual([]);
  });

  test('taking makes it mine', async () => {
    desk.put(summary());
    const opened = useOpened();
    await opened.open('c1');
    expect(opened.mine).toBe(false);
    await opened.take();
    expect(opened.mine).toBe(true);
  });

  test('is marked read once, and only by its owner', async () => {
    const queued = desk.put(summary({ unread: 2 }));
    desk.messagesById.set('c1', [message(5)]);
    const opened = useOpened();
    await opened.open('c1');
    await opened.seen();
    expect(desk.asked.filter((each) => each.startsWith('read'))).toEqual([]);
    await opened.take();
    await opened.changed(desk.put({ ...queued, state: 'active', owner: ME, unread: 2 }));
    await opened.seen();
    await opened.seen();
    expect(desk.asked.filter((each) => each.startsWith('read'))).toEqual(['read c1 5']);
  });
});

describe('replies', () => {
  async function opened(): Promise<ReturnType<typeof useReplies>> {
    desk.put(summary({ state: 'active', owner: ME }));
    await useOpened().open('c1');
    return useReplies();
  }

  test('a reply is shown at once and replaced by the stored message', async () => {
    const replies = await opened();
    replies.text = ' 您好 ';
    const sent = replies.send();
    expect(replies.underway.map((reply) => reply.text)).toEqual(['您好']);
    expect(replies.text).toBe('');
    await sent;
    expect(replies.underway).toEqual([]);
    expect(useOpened().messages.map((each) => each.text)).toEqual(['您好']);
  });

  test('a failed reply is kept and sent again as the same message', async () => {
    const replies = await opened();
    desk.failing = new Error('您不是这个会话的当前客服');
    replies.text = '您好';
    await replies.send();
    const [failed] = replies.underway;
    expect(failed).toMatchObject({ failed: true, problem: '您不是这个会话的当前客服' });
    desk.failing = null;
    await replies.retry(failed?.clientId ?? '');
    expect(desk.replies).toHaveLength(1);
    expect(desk.replies[0]?.clientId).toBe(failed?.clientId);
    expect(replies.all).toEqual([]);
  });

  test('half-written text waits while another conversation is open', async () => {
    const replies = await opened();
    replies.text = '写到一半';
    desk.put(summary({ id: 'c2' }));
    await useOpened().open('c2');
    expect(replies.text).toBe('');
    await useOpened().open('c1');
    expect(replies.text).toBe('写到一半');
  });

  test('a suggested answer goes after what is written', async () => {
    const replies = await opened();
    replies.text = '您好，\n';
    replies.insert('3–7 个工作日到账。');
    expect(replies.text).toBe('您好，\n3–7 个工作日到账。');
  });

  test('typing is told now and then, not with every key', async () => {
    const replies = await opened();
    await replies.typing(10_000);
    await replies.typing(11_000);
    await replies.typing(13_001);
    expect(desk.asked.filter((each) => each.startsWith('typing'))).toHaveLength(2);
  });
});

describe('live', () => {
  class Socket {
    static newest: Socket;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: { code: number }) => void) | null = null;
    constructor() {
      Socket.newest = this;
    }
    send(): void {}
    close(): void {}
    says(frame: AgentServerFrame): void {
      this.onmessage?.({ data: JSON.stringify(frame) });
    }
  }

  async function connected(): Promise<ReturnType<typeof useLive>> {
    vi.stubGlobal('WebSocket', Socket);
    const live = useLive();
    live.start();
    Socket.newest.says({ type: 'ready', user: ME });
    await settle();
    desk.asked.length = 0;
    return live;
  }
  afterEach(() => {
    useLive().stop();
    vi.unstubAllGlobals();
  });

  test('after a break everything is asked for again', async () => {
    const live = await connected();
    desk.put(summary());
    await useOpened().open('c1');
    desk.asked.length = 0;
    Socket.newest.onclose?.({ code: 1006 });
    expect(live.status).toBe('offline');
    await vi.advanceTimersByTimeAsync(1_000);
    Socket.newest.says({ type: 'ready', user: ME });
    await settle();
    expect(live.status).toBe('online');
    expect(desk.asked).toEqual(expect.arrayContaining(['list mine', 'show c1', 'messages c1 0']));
  });

  test('a changed conversation brings its new messages', async () => {
    await connected();
    const item = desk.put(summary({ state: 'bot' }));
    await useOpened().open('c1');
    desk.messagesById.set('c1', [message(1)]);
    Socket.newest.says({ type: 'conversation', conversation: item });
    await settle();
    expect(useOpened().messages).toHaveLength(1);
  });

  test('many changes bring one new list', async () => {
    await connected();
    for (let change = 0; change < 20; change += 1) {
      Socket.newest.says({ type: 'conversation', conversation: summary({ id: `c${change}` }) });
    }
    await vi.advanceTimersByTimeAsync(1_500);
    expect(desk.asked).toEqual(['list mine']);
  });

  test('typing is shown for a while', async () => {
    const live = await connected();
    Socket.newest.says({ type: 'typing', conversation_id: 'c1', author: 'customer' });
    expect(live.typingIn).toBe('c1');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(live.typingIn).toBeNull();
  });

  test('a session that has ended is left', async () => {
    await connected();
    Socket.newest.onclose?.({ code: 4401 });
    expect(useSession().user).toBeNull();
  });
});
