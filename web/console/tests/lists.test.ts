import { beforeEach, describe, expect, test } from 'vitest';
import type { ConversationSummary } from '../../shared/api';
import { belongs, fits, useLists } from '../src/stores/lists';
import { FakeDesk, ME, summary, withStores } from './fakes';

let desk: FakeDesk;
beforeEach(() => {
  desk = withStores();
});

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
