import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentServerFrame, ConversationSummary } from '../../shared/api';
import { belongs, fits, useLists } from '../src/stores/lists';
import { useLive } from '../src/stores/live';
import { askFrom, merge, useOpened, withoutRecalled } from '../src/stores/opened';
import { useSession } from '../src/stores/session';
import { useViewers } from '../src/stores/viewers';
import { FakeDesk, ME, message, summary, withStores } from './fakes';

let desk: FakeDesk;
beforeEach(() => {
  vi.useFakeTimers();
  desk = withStores();
});
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('lists', () => {
  test("the queue is in the desk's order, whose turn it is", async () => {
    const vip = desk.put(summary({ id: 'vip', priority: 'P4', queued_at: '2025-01-18T08:05:00Z' }));
    desk.put(summary({ id: 'early', priority: 'P2', queued_at: '2025-01-18T08:01:00Z' }));
    const lists = useLists();
    await lists.show('queue');
    lists.apply({ ...vip, unread: 2, updated_at: '2025-01-18T09:00:00Z' });
    lists.apply(summary({ id: 'new', priority: 'P1' }));
    expect(lists.items.map((item) => item.id)).toEqual(['vip', 'early', 'new']);
  });

  test('elsewhere what changed last comes first', async () => {
    const mine = { state: 'active', owner: ME } as const;
    desk.put(summary({ ...mine, id: 'b', updated_at: '2025-01-18T08:02:00Z' }));
    desk.put(summary({ ...mine, id: 'a', updated_at: '2025-01-18T08:01:00Z' }));
    const lists = useLists();
    await lists.show('mine');
    lists.apply(summary({ ...mine, id: 'a', updated_at: '2025-01-18T08:03:00Z' }));
    expect(lists.items.map((item) => item.id)).toEqual(['a', 'b']);
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

  test('only the desk knows whose team a conversation is in', () => {
    expect(belongs(summary(), 'team', ME.id)).toBeNull();
  });

  test('a filter narrows by every part of it', () => {
    const item = summary({ tags: ['加急'], priority: 'P2' });
    expect(fits(item, { tag: '加急', priority: 'P2', q: '陈' })).toBe(true);
    expect(fits(item, { tag: '加急', priority: 'P1' })).toBe(false);
    expect(fits(item, { tag: '加' })).toBe(false);
    expect(fits(item, { q: '在吗' })).toBe(true);
  });

  test('what no longer fits the filter leaves the list', async () => {
    const item = desk.put(summary({ tags: ['加急'] }));
    const lists = useLists();
    await lists.show('queue', { tag: '加急' });
    expect(lists.items).toHaveLength(1);
    lists.apply({ ...item, tags: [] });
    expect(lists.items).toEqual([]);
  });

  test('a view only the desk decides keeps its rows and takes no new ones by itself', async () => {
    desk.conversations = async () => ({
      items: [summary({ id: 'known' })],
      counts: { ...useLists().counts },
      next: null,
    });
    const lists = useLists();
    await lists.show('team');
    lists.apply(summary({ id: 'known', unread: 3 }));
    lists.apply(summary({ id: 'new' }));
    expect(lists.items.map((item) => [item.id, item.unread])).toEqual([['known', 3]]);
  });

  test('pages behind the first stay when the first is asked for again', async () => {
    for (let number = 0; number < 120; number += 1) desk.put(summary({ id: `c${number}` }));
    const lists = useLists();
    await lists.show('queue');
    expect([lists.items.length, lists.more]).toEqual([50, true]);
    await lists.loadMore();
    expect(lists.items).toHaveLength(100);
    await lists.loadMore();
    expect([lists.items.length, lists.more]).toEqual([120, false]);
    desk.conversationsById.delete('c0');
    await lists.load();
    expect(lists.items.map((item) => item.id)).toEqual([...desk.conversationsById.keys()]);
    expect([lists.items.length, lists.more]).toEqual([119, false]);
  });

  test('no row is dropped where those in front have changed places', async () => {
    for (let number = 0; number < 120; number += 1) desk.put(summary({ id: `c${number}` }));
    const lists = useLists();
    await lists.show('queue');
    await lists.loadMore();
    const first = desk.conversationsById.get('c90') as ConversationSummary;
    const others = [...desk.conversationsById.values()].filter((item) => item.id !== first.id);
    desk.conversationsById.clear();
    for (const item of [...others.slice(0, 49), first, ...others.slice(49)]) desk.put(item);
    await lists.load();
    const inTurn = [...desk.conversationsById.keys()];
    expect(lists.items.map((item) => item.id)).toEqual(inTurn.slice(0, 100));
    await lists.loadMore();
    expect(lists.items.map((item) => item.id)).toEqual(inTurn);
  });

  test('an answer for another view does not show as a failure of this one', async () => {
    desk.put(summary());
    const lists = useLists();
    const first = lists.show('mine');
    const second = lists.show('queue');
    await Promise.all([first, second]);
    expect([lists.view, lists.items.length, lists.error]).toEqual(['queue', 1, null]);
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

describe('recalled messages', () => {
  test('leave nothing of themselves on the page', () => {
    const [kept, gone] = withoutRecalled([message(1), message(2, { text: '写错了' })], [2]);
    expect(kept?.text).toBe('text 1');
    expect(gone).toMatchObject({ recalled: true, text: '' });
  });

  test('go from an opened conversation with the next look', async () => {
    desk.put(summary());
    desk.messagesById.set('c1', [message(1, { author: 'agent', text: '写错了' })]);
    const opened = useOpened();
    await opened.open('c1');
    desk.recalled = [1];
    await opened.refresh();
    expect(opened.messages[0]).toMatchObject({ recalled: true, text: '' });
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

  test('what went to another team leaves the list and the page', async () => {
    await connected();
    desk.put(summary());
    const [lists, opened] = [useLists(), useOpened()];
    await lists.show('queue');
    await opened.open('c1');
    Socket.newest.says({ type: 'gone', conversation_id: 'c1' });
    expect(lists.items).toEqual([]);
    expect([opened.gone, opened.detail, opened.messages]).toEqual([true, null, []]);
    Socket.newest.says({ type: 'conversation', conversation: summary() });
    await settle();
    expect([opened.gone, opened.detail?.id]).toEqual([false, 'c1']);
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

  test('a busy desk is not asked more often than every five seconds', async () => {
    await connected();
    for (let change = 0; change < 12; change += 1) {
      Socket.newest.says({ type: 'conversation', conversation: summary() });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(desk.asked).toEqual(['list mine', 'list mine', 'list mine']);
  });

  test('typing is shown for a while, in every conversation where it happens', async () => {
    const live = await connected();
    Socket.newest.says({ type: 'typing', conversation_id: 'c1', author: 'customer' });
    Socket.newest.says({ type: 'typing', conversation_id: 'c2', author: 'customer' });
    expect([...live.typingIn]).toEqual(['c1', 'c2']);
    await vi.advanceTimersByTimeAsync(6_000);
    expect([...live.typingIn]).toEqual([]);
  });

  test('the newest answer the customer has read is marked, and reading never goes back', async () => {
    await connected();
    desk.put(summary());
    desk.messagesById.set('c1', [
      message(1, { author: 'agent' }),
      message(2, { author: 'agent', private: true }),
      message(3, { author: 'agent' }),
    ]);
    const opened = useOpened();
    await opened.open('c1');
    expect(opened.readSeq).toBeUndefined();
    const marked = [2, 3, 1].map((seq) => {
      Socket.newest.says({ type: 'read', conversation_id: 'c1', seq });
      return opened.readSeq;
    });
    expect(marked).toEqual([1, 3, 3]);
    Socket.newest.says({ type: 'read', conversation_id: 'c2', seq: 9 });
    expect(opened.detail?.customer_read_seq).toBe(3);
  });

  test('who looks is known from frames, without oneself', async () => {
    await connected();
    useViewers().look('c1');
    const viewers = [
      { id: ME.id, display_name: ME.display_name, typing: false },
      { id: 'a1', display_name: '周敏', typing: true },
    ];
    Socket.newest.says({ type: 'viewers', conversation_id: 'c1', viewers });
    Socket.newest.says({ type: 'viewers', conversation_id: 'c2', viewers: [] });
    expect(useViewers().others).toEqual([viewers[1]]);
    useViewers().look(null);
    expect(useViewers().others).toEqual([]);
  });

  test('others hear every frame until they stop listening', async () => {
    const live = await connected();
    const heard: string[] = [];
    const stop = live.onFrame((frame) => heard.push(frame.type));
    Socket.newest.says({ type: 'refresh' });
    stop();
    Socket.newest.says({ type: 'refresh' });
    expect(heard).toEqual(['refresh']);
  });

  test('a session that has ended is left', async () => {
    await connected();
    Socket.newest.onclose?.({ code: 4401 });
    expect(useSession().user).toBeNull();
  });
});
