import { expect, test } from 'vitest';
import type { Decision, ReviewItem } from '../../shared/api/review';
import { correctedText } from '../src/components/review/corrected';
import { byTitle } from '../src/components/review/label-search';
import { useClusters } from '../src/stores/clusters';
import { useDecided } from '../src/stores/decided';
import { useReview } from '../src/stores/review';
import { item } from './learning-fakes';
import { withServer, type FakeServer } from './shell-fakes';

function page(items: ReviewItem[], next: string | null = null, done_today = 0): unknown {
  return { items, next, open: items.length, reasons: { unsure: items.length }, done_today };
}

/** A queue with these; every decision is taken and remembered. */
function queue(items: ReviewItem[]): { server: FakeServer; decided: [string, Decision][] } {
  const decided: [string, Decision][] = [];
  const server = withServer().on('GET /learning/review', () => page(items));
  for (const each of items) {
    const path = `/learning/review/${each.message_id}`;
    server
      .on(`POST ${path}`, ({ body }) => {
        decided.push([each.message_id, body as Decision]);
        return each;
      })
      .on(`POST ${path}/reopen`, () => each);
  }
  server.on('POST /learning/review/bulk', ({ body }) => {
    const { message_ids: ids, ...decision } = body as Decision & { message_ids: string[] };
    for (const id of ids) decided.push([id, decision]);
    return { items: ids.map((id) => ({ message_id: id, done: true, code: null, message: null })) };
  });
  return { server, decided };
}

test('the most valuable message is looked at first, and the next one after a decision', async () => {
  const { decided } = queue([item('a'), item('b')]);
  const store = useReview();
  await store.load();
  expect(store.chosen).toBe('a');
  await store.confirm();
  expect(decided).toEqual([['a', { decision: 'right' }]]);
  expect(store.chosen).toBe('b');
  expect([store.today, store.open]).toEqual([1, 1]);
});

test('what the bot did not understand cannot be confirmed, only corrected', async () => {
  const { decided } = queue([item('a', { guess: null })]);
  const store = useReview();
  await store.load();
  expect(store.mayConfirm).toBe(false);
  await store.confirm();
  expect(decided).toEqual([]);
  await store.correct({ kind: 'human', key: 'left out' });
  expect(decided).toEqual([['a', { decision: 'wrong', label: { kind: 'human', key: '' } }]]);
});

test('labels that an agent corrected are learned with it unless that is not wanted', async () => {
  const corrected = [
    { target: 'category', said: null, corrected: { key: 'refund', name: '退款' } },
    { target: 'priority', said: null, corrected: { key: 'P2', name: 'P2' } },
  ];
  const { decided } = queue([item('a', { corrected }), item('b', { corrected })]);
  const store = useReview();
  await store.load();
  await store.confirm();
  store.withLabels = false;
  await store.confirm();
  expect(decided).toEqual([
    ['a', { decision: 'right', triage: { category: 'refund' } }],
    ['b', { decision: 'right' }],
  ]);
});

test('ticked look-alikes get the same label, however the bot understood them', async () => {
  const other = { kind: 'faq', key: 'invoice', title: '发票', confidence: 0.4 } as const;
  const [a, b, c] = [item('a', { alike: 2 }), item('b'), item('c', { guess: other })];
  const { server, decided } = queue([a, b, c]);
  const alike = [b, c].map((each) => ({ item: each, score: 0.9 }));
  server.on('GET /learning/review/a/alike', () => ({ items: alike }));
  const store = useReview();
  await store.load();
  await expect.poll(() => store.alike.length).toBe(2);
  store.tickAll();
  await store.confirm();
  expect(decided).toEqual([
    ['a', { decision: 'right' }],
    ['b', { decision: 'right' }],
    ['c', { decision: 'wrong', label: { kind: 'faq', key: 'refund' } }],
  ]);
  expect(store.items).toEqual([]);
  expect(store.today).toBe(3);
});

test('a look-alike that could not be decided stays in the queue, with the reason', async () => {
  const [a, b] = [item('a', { alike: 1 }), item('b')];
  const { server } = queue([a, b]);
  server.on('GET /learning/review/a/alike', () => ({ items: [{ item: b, score: 0.9 }] }));
  server.on('POST /learning/review/bulk', () => ({
    items: [{ message_id: 'b', done: false, code: 'conflict', message: '已有人处理' }],
  }));
  const store = useReview();
  await store.load();
  await expect.poll(() => store.alike.length).toBe(1);
  store.tick('b');
  const refused = await store.confirm();
  expect(refused.map((each) => each.message)).toEqual(['已有人处理']);
  expect(store.items?.map((each) => each.message_id)).toEqual(['b']);
});

test('an undone decision puts each message back where it was', async () => {
  const [a, b, c] = [item('a'), item('b', { alike: 1 }), item('c')];
  const { server } = queue([a, b, c]);
  server.on('GET /learning/review/b/alike', () => ({ items: [{ item: a, score: 0.9 }] }));
  const store = useReview();
  await store.load();
  store.move(1);
  await expect.poll(() => store.alike.length).toBe(1);
  store.tick('a');
  await store.skip();
  expect(store.items?.map((each) => each.message_id)).toEqual(['c']);
  await store.undo();
  expect(store.items?.map((each) => each.message_id)).toEqual(['a', 'b', 'c']);
  expect([store.chosen, store.today, store.done.length]).toEqual(['b', 0, 0]);
});

test('what was decided today is listed, and what is taken back waits in the queue again', async () => {
  const [a, b] = [item('a'), item('b')];
  const { server } = queue([a, b]);
  const review = useReview();
  await review.load();
  await review.confirm();
  server.on('GET /learning/review/today', () => ({ items: [a] }));
  const store = useDecided();
  await store.load();
  expect(store.items?.map((each) => each.message_id)).toEqual(['a']);
  await store.takeBack('a');
  expect(store.items).toEqual([]);
  expect(review.items?.map((each) => each.message_id)).toEqual(['a', 'b']);
  expect(review.done, 'there is nothing more to undo').toEqual([]);
  expect(server.asked).toContain('POST /learning/review/a/reopen');
});

test('words that an entry has already are said to be', async () => {
  const { server } = queue([item('a'), item('b')]);
  const decided = { ...item('a'), decided: { decision: 'wrong', known: true } };
  server.on('POST /learning/review/a', () => decided);
  const store = useReview();
  await store.load();
  await store.correct({ kind: 'faq', key: 'refund' });
  expect(store.known).toBe(true);
  await store.confirm();
  expect(store.known, 'of the last decision').toBe(false);
});

test('a refused decision leaves the message where it is', async () => {
  const { server } = queue([item('a')]);
  server.on('POST /learning/review/a', () => {
    throw new Error('conflict');
  });
  const store = useReview();
  await store.load();
  await expect(store.confirm()).rejects.toThrow('conflict');
  expect([store.chosen, store.busy, store.today]).toEqual(['a', false, 0]);
});

test('the next page is read before the queue is empty, and nothing is shown twice', async () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => item(id));
  const { server } = queue(many);
  server.on('GET /learning/review', ({ query }) =>
    query?.['cursor'] ? page([item('f'), item('g')]) : page(many, 'next'),
  );
  const store = useReview();
  await store.load();
  await store.confirm();
  await expect.poll(() => store.items?.length).toBe(6);
  expect(store.items?.map((each) => each.message_id)).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
});

test('what was looked at today is what the desk says, and goes on from there', async () => {
  const { server } = queue([item('a'), item('b')]);
  server.on('GET /learning/review', () => page([item('a'), item('b')], null, 7));
  const store = useReview();
  await store.load();
  expect(store.today).toBe(7);
  await store.confirm();
  expect(store.today).toBe(8);
  await store.undo();
  expect(store.today).toBe(7);
});

test('a correction is told with its target and both labels', () => {
  const text = correctedText(
    [
      {
        target: 'category',
        said: { key: 'a', name: '订单' },
        corrected: { key: 'b', name: '退款' },
      },
    ],
    (key, named) => `${key} ${named['target']} ${named['before']}→${named['after']}`,
    (_section, key, fallback) => fallback ?? key,
  );
  expect(text).toBe('review.labelChange category 订单→退款');
});

test('a cluster that became a draft is no longer listed', async () => {
  const server = withServer()
    .on('GET /learning/clusters', () => ({
      items: [{ id: 'x' }, { id: 'y' }],
      looked_at: null,
      unknown: 7,
      least: 3,
    }))
    .on('POST /learning/clusters/x/propose', () => ({ key: 'new' }))
    .on('POST /learning/clusters/y/dismiss', () => ({ id: 'y' }));
  const store = useClusters();
  await store.load();
  expect((await store.propose('x')).key).toBe('new');
  await store.dismiss('y');
  expect(store.clusters).toEqual([]);
  expect(store.made?.unknown).toBe(7);
  expect(server.asked).toContain('POST /learning/clusters/x/propose');
});

test('entries whose own question has the words stand before those with another wording', () => {
  const entries = ['个人信息怎么保护', '帐篷可以租吗', '商品怎么用', '帐篷防水吗'];
  const found = byTitle(
    entries.map((question) => ({ question })),
    '帐篷',
  );
  expect(found.map(({ question }) => question)).toEqual([
    '帐篷可以租吗',
    '帐篷防水吗',
    '个人信息怎么保护',
    '商品怎么用',
  ]);
});
