import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentServerFrame, HandoffPacket } from '../../shared/api';
import { Unreachable } from '../src/api/http';
import { useDrafts } from '../src/stores/drafts';
import { useHandling } from '../src/stores/handling';
import { useLists } from '../src/stores/lists';
import { useLive } from '../src/stores/live';
import { askFrom, merge, withoutRecalled } from '../src/stores/message-list';
import { useOpened } from '../src/stores/opened';
import { useReplies } from '../src/stores/replies';
import { useSession } from '../src/stores/session';
import { useViewers } from '../src/stores/viewers';
import { FakeDesk, ME, message, summary, withStores } from './fakes';

let desk: FakeDesk;
beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  desk = withStores();
});
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

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
    const all = Array.from({ length: 201 }, (_, index) => message(index + 1));
    desk.messagesById.set('c1', all);
    const opened = useOpened();
    await opened.open('c1');
    expect(opened.messages).toEqual(all);
    expect(desk.asked).toEqual(['show c1', 'messages c1 0', 'messages c1 200']);
    expect(opened.customer).toBeNull();
    expect(opened.error).toBeNull();
    expect(opened.loading).toBe(false);
  });

  test('is not asked for more than the new messages when somebody speaks', async () => {
    const before = desk.put(summary({ state: 'active', owner: ME }));
    desk.messagesById.set('c1', [message(1)]);
    const opened = useOpened();
    await opened.open('c1');
    desk.messagesById.set('c1', [message(1), message(2, { turn: null })]);
    desk.asked.length = 0;
    const said = { author: 'customer', text: '还在吗', created_at: before.updated_at } as const;
    await opened.changed({ ...before, last_message: said, unread: 1 }, []);
    expect(desk.asked).toEqual(['messages c1 1']);
    expect([opened.detail?.unread, opened.lastSeq]).toEqual([1, 2]);
  });

  test('shows what is known by now, read once for all that the customer says at a time', async () => {
    const before = desk.put(summary({ state: 'active', owner: ME }));
    desk.now = { summary: '客户还没有说明问题', suggested_answers: [] } as unknown as HandoffPacket;
    const opened = useOpened();
    await opened.open('c1');
    desk.now = { ...desk.now, summary: '洗衣机漏水' };
    desk.askedHops = 0;
    const said = { author: 'customer', text: '漏水', created_at: before.updated_at } as const;
    await opened.changed({ ...before, last_message: said, unread: 1 }, []);
    await opened.changed({ ...before, last_message: said, unread: 2 }, []);
    await vi.runAllTimersAsync();
    expect(opened.packet?.summary).toBe('洗衣机漏水');
    expect(desk.askedHops).toBe(1);
    const answered = { ...said, author: 'agent' } as const;
    await opened.changed({ ...before, last_message: answered, unread: 0 }, []);
    await vi.runAllTimersAsync();
    expect(desk.askedHops).toBe(1);
  });

  test('is asked for when its summary does not say what has changed', async () => {
    const item = desk.put(summary({ state: 'active', owner: ME }));
    const opened = useOpened();
    await opened.open('c1');
    desk.asked.length = 0;
    await opened.changed({ ...item, updated_at: '2025-01-18T09:00:00Z' }, []);
    expect(desk.asked).toContain('show c1');
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
    await useHandling().take();
    expect(opened.mine).toBe(true);
  });

  test('is marked read once, and only by its owner', async () => {
    const queued = desk.put(summary({ unread: 2 }));
    desk.messagesById.set('c1', [message(5)]);
    const opened = useOpened();
    await opened.open('c1');
    await opened.seen();
    expect(desk.asked.filter((each) => each.startsWith('read'))).toEqual([]);
    await useHandling().take();
    await opened.changed(desk.put({ ...queued, state: 'active', owner: ME, unread: 2 }), []);
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

  test('after a break what did not arrive is sent again', async () => {
    await connected();
    desk.put(summary({ state: 'active', owner: ME }));
    await useOpened().open('c1');
    desk.failing = new Unreachable();
    useDrafts().text = '马上为您处理';
    await useReplies().send();
    desk.failing = null;
    Socket.newest.says({ type: 'ready', user: ME });
    await settle();
    expect(desk.replies).toHaveLength(1);
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
    Socket.newest.says({ type: 'conversation', conversation: summary(), changed: [] });
    await settle();
    expect([opened.gone, opened.detail?.id]).toEqual([false, 'c1']);
  });

  test('a changed conversation brings its new messages', async () => {
    await connected();
    const item = desk.put(summary({ state: 'bot' }));
    await useOpened().open('c1');
    desk.messagesById.set('c1', [message(1)]);
    Socket.newest.says({ type: 'conversation', conversation: item, changed: [] });
    await settle();
    expect(useOpened().messages).toHaveLength(1);
  });

  test('an old message whose file has come is shown anew', async () => {
    await connected();
    const item = desk.put(summary({ state: 'active', owner: ME }));
    desk.messagesById.set('c1', [message(1, { text: '[图片]' }), message(2)]);
    const opened = useOpened();
    await opened.open('c1');
    const file = { id: 'f1', name: '图片.jpg', media_type: 'image/jpeg', size: 9 };
    desk.messagesById.set('c1', [message(1, { attachments: [file] }), message(2)]);
    Socket.newest.says({ type: 'conversation', conversation: item, changed: [1] });
    await settle();
    expect(opened.messages[0]?.attachments).toEqual([file]);
  });

  test('a message that changed while the line was down is shown anew', async () => {
    await connected();
    desk.put(summary());
    desk.messagesById.set('c1', [message(1, { text: '[图片]' }), message(2)]);
    const opened = useOpened();
    await opened.open('c1');
    desk.messagesById.set('c1', [message(1, { text: '图片已过期' }), message(2)]);
    Socket.newest.says({ type: 'ready', user: ME });
    await settle();
    expect(opened.messages[0]?.text).toBe('图片已过期');
  });

  test('many changes bring one new list', async () => {
    await connected();
    for (let change = 0; change < 20; change += 1) {
      const conversation = summary({ id: `c${change}` });
      Socket.newest.says({ type: 'conversation', conversation, changed: [] });
    }
    await vi.advanceTimersByTimeAsync(1_500);
    expect(desk.asked).toEqual(['list mine']);
  });

  test('a busy desk is not asked more often than every five seconds', async () => {
    await connected();
    for (let change = 0; change < 12; change += 1) {
      Socket.newest.says({ type: 'conversation', conversation: summary(), changed: [] });
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
