import { beforeEach, describe, expect, test, vi } from 'vitest';
import { hidesNumbers } from '../src/format/masked';
import { changesBetween } from '../src/format/ticket-changes';
import { sentence, type HistoryWords } from '../src/format/ticket-history';
import { namesSince, useTicket } from '../src/stores/ticket';
import { useSession } from '../src/stores/session';
import { useTicketDrafts } from '../src/stores/ticket-drafts';
import { readQuery, useTicketList, writeQuery } from '../src/stores/ticket-list';
import { event, FakeTickets, LIN, ticket, withTickets, ZHOU } from './ticket-fakes';

let desk: FakeTickets;
beforeEach(() => {
  desk = withTickets();
});

describe('the address of a list', () => {
  test('says view and filter, and gives them back', () => {
    const filter = { state: 'open', priority: 'P1', q: '退款', tag: '赔偿' } as const;
    expect(readQuery(writeQuery('team', filter))).toEqual({ view: 'team', filter });
  });

  test('keeps what it does not understand out of the filter', () => {
    const query = { view: 'nobody', state: 'lost', priority: 'P9', q: '  ', tag: ['a', 'b'] };
    expect(readQuery(query)).toEqual({ view: 'mine', filter: {} });
  });
});

describe('the list', () => {
  const fill = (count: number): void => {
    for (let at = 0; at < count; at += 1) desk.put(ticket({ number: `T${at}` }));
  };

  test('goes on where the last page ended, each ticket once', async () => {
    fill(60);
    const list = useTicketList();
    await list.show('all', {});
    expect([list.items?.length, list.more]).toEqual([50, true]);
    await list.loadMore();
    expect([list.items?.length, list.more]).toEqual([60, false]);
    expect(new Set(list.items?.map((item) => item.number)).size).toBe(60);
    expect(list.counts?.unassigned).toBe(2);
  });

  test('throws a late answer to another question away', async () => {
    desk.put(ticket({ number: 'T1', priority: 'P1' }));
    desk.put(ticket({ number: 'T2', priority: 'P4' }));
    const list = useTicketList();
    let open = (): void => undefined;
    desk.gate = new Promise((resolve) => (open = resolve));
    const first = list.show('all', { priority: 'P1' });
    desk.gate = Promise.resolve();
    await list.show('all', { priority: 'P4' });
    open();
    await first;
    expect(list.items?.map((item) => item.number)).toEqual(['T2']);
  });

  test('is asked for again, once, when the desk says that a ticket in it has changed', async () => {
    vi.useFakeTimers();
    desk.put(ticket({ number: 'T1', title: '旧' }));
    const list = useTicketList();
    await list.show('all', {});
    desk.put(ticket({ number: 'T1', title: '新' }));
    list.changed('T9');
    expect(vi.getTimerCount()).toBe(0);
    list.changed('T1');
    list.changed('T1');
    expect(vi.getTimerCount()).toBe(1);
    await vi.runAllTimersAsync();
    expect(list.items?.[0]?.title).toBe('新');
    vi.useRealTimers();
  });

  test('shows what became of a ticket that was opened', async () => {
    desk.put(ticket());
    const list = useTicketList();
    await list.show('all', {});
    const opened = useTicket();
    await opened.open('T1');
    await opened.save({ title: '退款第三次催办' });
    expect(list.items?.[0]?.title).toBe('退款第三次催办');
  });
});

describe('a change that comes too late', () => {
  test('is held back, and says who changed what', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    desk.meanwhile({ description: '客户补充：是银行卡支付', priority: 'P2' });
    expect(await opened.save({ title: '新标题' })).toBe(false);
    expect(opened.stale?.by).toEqual(['周亦然']);
    expect(opened.stale?.changes.map(({ field }) => field)).toEqual(['description', 'priority']);
    expect(opened.stale?.fields).toEqual({ title: '新标题' });
    expect(desk.tickets.get('T1')?.title).toBe('退款未到账');
  });

  test('can be saved over what the others wrote, which stays', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    desk.meanwhile({ priority: 'P2' });
    await opened.save({ title: '新标题' });
    expect(await opened.insist()).toBe(true);
    expect(opened.stale).toBeNull();
    expect(desk.tickets.get('T1')).toMatchObject({ title: '新标题', priority: 'P2' });
  });

  test('is held back again when somebody is faster once more', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    desk.meanwhile({ priority: 'P2' });
    await opened.move({ state: 'resolved', result: '已退款' });
    desk.meanwhile({ priority: 'P1' });
    expect(await opened.insist()).toBe(false);
    expect(opened.stale?.changes).toEqual([{ field: 'priority', before: 'P2', after: 'P1' }]);
    expect(opened.stale?.move).toEqual({ state: 'resolved', result: '已退款' });
  });

  test('is noticed also when the page has read the ticket anew while one wrote', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    opened.begin('description');
    desk.meanwhile({ description: '同事写的描述' });
    await opened.load();
    expect(await opened.save({ description: '我写的描述' }, 'description')).toBe(false);
    expect(opened.stale?.changes[0]).toMatchObject({ after: '同事写的描述' });
    expect(await opened.save({ description: '我写的描述' }, 'description')).toBe(true);
  });

  test('one’s own change is no surprise to what one writes beside it', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    opened.begin('description');
    await opened.save({ tags: ['赔偿'] });
    expect(await opened.save({ description: '我写的描述' }, 'description')).toBe(true);
  });

  test('other refusals are not taken for one', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    desk.tickets.clear();
    await expect(opened.save({ title: '新标题' })).rejects.toMatchObject({ code: 'not_found' });
    expect(opened.stale).toBeNull();
  });

  test('names nobody twice and not oneself', () => {
    const later = '2025-01-18T10:00:00Z';
    const events = [
      event('note', { author: ZHOU }),
      event('note', { author: LIN, created_at: later }),
      event('state', { author: ZHOU, created_at: later }),
      event('changed', { author: ZHOU, created_at: later }),
      event('customer_answer', { created_at: later }),
    ];
    expect(namesSince(events, '2025-01-18T08:30:00Z', 'lin')).toEqual(['周亦然']);
  });
});

test('changes are told by the names of people, labels and lists', () => {
  const before = ticket({ tags: ['赔偿'] });
  const after = ticket({ assignee: ZHOU, tags: ['赔偿', '媒体'], order_number: '2025' });
  expect(changesBetween(before, after)).toEqual([
    { field: 'assignee', before: '', after: '周亦然' },
    { field: 'order_number', before: '', after: '2025' },
    { field: 'tags', before: '赔偿', after: '赔偿、媒体' },
  ]);
});

describe('a note of the customer', () => {
  test('is shown in full with a reason, until the ticket is left', async () => {
    desk.put(ticket());
    const opened = useTicket();
    await opened.open('T1');
    await opened.revealNote('n1', '回电核实新号码');
    expect(desk.asked.at(-1)).toBe('POST /tickets/T1/notes/n1/reveal');
    expect(opened.seenNotes.get('n1')).toBe('新号码是 13812346721');
    opened.clear();
    expect(opened.seenNotes.size).toBe(0);
  });
});

describe('the history', () => {
  const words: HistoryWords = {
    say: (kind, blanks) => [kind, ...Object.values(blanks)].join(' '),
    fieldName: (field) => `<${field}>`,
    valueText: (field, value) => (value ? `${field}:${value}` : '—'),
    stepName: (step) => `<${step}>`,
    linkName: (kind) => `<${kind}>`,
    nameOf: (id) => (id === 'zhou' ? '周亦然' : null),
  };
  const told = (kind: string, data: Record<string, unknown>): string =>
    sentence(event(kind, { data }), words);

  test('names people instead of their ids, and keeps the id of somebody unknown', () => {
    const data = { field: 'assignee_id', before: 'gone', after: 'zhou' };
    expect(told('changed', data)).toBe('changed <assignee_id> assignee_id:gone assignee_id:周亦然');
  });

  test('does not repeat long texts', () => {
    expect(told('changed', { field: 'description', before: '一', after: '二' })).toBe(
      'changedLong <description>',
    );
  });

  test('gives the reason of a move only where there is one', () => {
    const data = { before: 'open', after: 'resolved' };
    expect(told('state', { ...data, reason: null })).toBe('state state:open state:resolved ');
    expect(told('state', { ...data, reason: '等配件' })).toBe(
      'stateWhy state:open state:resolved 等配件',
    );
  });

  test('tells an item that was done from one that was not after all', () => {
    expect(told('item_done', { text: '致电', done: true })).toBe('item_done 致电');
    expect(told('item_done', { text: '致电', done: false })).toBe('item_undone 致电');
  });
});

test.each([
  ['联系 138****6721', true],
  ['卡号 ****1234', true],
  ['订单 20261108123456 要退款', false],
  ['**急** 请处理', false],
])('hidden numbers are seen in “%s”: %s', (text, hidden) => {
  expect(hidesNumbers(text)).toBe(hidden);
});

test('what was looked at in full is masked again once the ticket changes', async () => {
  desk.put(ticket({ description: '请打 138****6721' }));
  const opened = useTicket();
  await opened.open('T1');
  await opened.reveal('核对电话');
  expect(opened.revealed?.description).toBe('请打 13812346721');
  desk.meanwhile({ title: '新标题' });
  await opened.load();
  expect(opened.revealed).toBeNull();
});

test('a note that is being written belongs to its ticket', () => {
  const drafts = useTicketDrafts();
  drafts.of('T1').text = '请核对';
  drafts.of('T2').public = true;
  expect(drafts.of('T1')).toEqual({ text: '请核对', public: false });
  drafts.clear('T1');
  expect(drafts.of('T1').text).toBe('');
  drafts.of('T1').text = '请仓库核实';
  useSession().user = { id: 'other', username: 'zhou', display_name: '周敏', role: 'agent' };
  expect(drafts.of('T1').text).toBe('');
});
