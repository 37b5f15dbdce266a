import { expect, test } from 'vitest';
import { useWhy } from '../src/stores/why';
import { withServer } from './shell-fakes';

const WHY = '/conversations/c1/messages';

test('an explanation that another message has overtaken is dropped', async () => {
  let answer: (why: unknown) => void = () => undefined;
  withServer()
    .on(`GET ${WHY}/1/why`, () => new Promise((resolve) => (answer = resolve)))
    .on(`GET ${WHY}/2/why`, () => ({ seq: 2 }));
  const store = useWhy();
  const first = store.open('c1', 1);
  await store.open('c1', 2);
  answer({ seq: 1 });
  await first;
  expect([store.seq, store.why?.seq]).toEqual([2, 2]);
});

test('a text is tried on a release, or on the live one', async () => {
  const bodies: unknown[] = [];
  withServer().on('POST /learning/try', ({ body }) => {
    bodies.push(body);
    return { release: 3 };
  });
  const store = useWhy();
  await store.attempt('退款', 3);
  await store.attempt('退款', null);
  expect(bodies).toEqual([{ text: '退款', release: 3 }, { text: '退款' }]);
  expect([store.tried?.release, store.trying]).toEqual([3, false]);
});

test('a refused trial is told, and gone with the panel', async () => {
  withServer().on('POST /learning/try', () => {
    throw new Error('busy');
  });
  const store = useWhy();
  await store.attempt('退款', 3);
  expect(store.tryError).toBeInstanceOf(Error);
  store.close();
  expect([store.tryError, store.seq, store.why]).toEqual([null, null, null]);
});
