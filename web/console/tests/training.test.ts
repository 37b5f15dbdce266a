import { afterEach, expect, test, vi } from 'vitest';
import { maySubmit, reasonFor } from '../src/components/training/override';
import { outcomeOf } from '../src/format/outcome';
import { changedLabels, placeOf, points, scaleOf, summaryOf, verdictOf } from '../src/format/proof';
import { inOrder, lineCounts, partFigures } from '../src/format/release';
import { useProof } from '../src/stores/proof';
import { useTraining } from '../src/stores/training';
import { compared, part, proof, release, run } from './learning-fakes';
import { withServer, type FakeServer } from './shell-fakes';

afterEach(() => vi.useRealTimers());

function desk(): FakeServer {
  return withServer()
    .on('GET /learning/runs', () => ({ items: [], changes: 3 }))
    .on('GET /learning/releases', () => ({
      items: [release(2, { passed: false }), release(1, { state: 'live' })],
    }))
    .on('GET /learning/canary', () => ({ running: null, last: null }));
}

test('a training that has ended brings its release and its log', async () => {
  const server = desk().on('POST /learning/runs', () => run({ state: 'queued' }));
  const store = useTraining();
  await store.load();
  expect([store.running, store.changes]).toEqual([null, 3]);
  await store.start();
  expect(store.running?.state).toBe('queued');
  store.receive(run({ progress: 0.5 }));
  expect(store.running?.progress).toBe(0.5);
  const done = run({ state: 'done', progress: 1, release: 3, ended_at: '2026-11-21T08:05:00Z' });
  server
    .on('GET /learning/runs', () => ({ items: [done], changes: 0 }))
    .on('GET /learning/runs/r1', () => ({ ...done, log: 'end' }));
  store.receive(done);
  await expect.poll(() => store.detail?.log).toBe('end');
  expect([store.running, store.changes]).toEqual([null, 0]);
});

test('how long a training may take is told by the last one that went to its end', async () => {
  const done = run({ id: 'r0', state: 'done', ended_at: '2026-11-21T08:02:28Z' });
  const stopped = run({ id: 'r2', state: 'cancelled' });
  desk()
    .on('GET /learning/runs', () => ({ items: [run(), stopped, done], changes: 0 }))
    .on('GET /learning/runs/r1', () => ({ ...run(), log: '' }));
  const store = useTraining();
  expect(store.finished).toBeNull();
  await store.load();
  expect(store.finished?.id).toBe('r0');
});

test('a frame of a training keeps the log that was read', async () => {
  desk()
    .on('GET /learning/runs', () => ({ items: [run()], changes: 0 }))
    .on('GET /learning/runs/r1', () => ({ ...run(), log: 'so far' }));
  const store = useTraining();
  await store.load();
  store.receive(run({ progress: 0.9 }));
  expect(store.detail).toMatchObject({ log: 'so far', progress: 0.9 });
});

test('the gate stands against a release only where another one is live', async () => {
  const server = desk();
  const store = useTraining();
  await store.load();
  expect(store.passed(store.releases![0]!)).toBe(false);
  server.on('GET /learning/releases', () => ({ items: [release(2, { passed: null })] }));
  await store.load();
  expect(store.passed(store.releases![0]!)).toBe(true);
});

test('past the gate goes only who says why', () => {
  expect(maySubmit(true, '')).toBe(true);
  expect(maySubmit(false, ' 节日前必须上线  ')).toBe(false);
  expect(maySubmit(null, '节日前必须上线，已逐条看过')).toBe(true);
  expect(reasonFor(true, 'not sent')).toBeNull();
  expect(reasonFor(false, ' why ')).toBe('why');
});

test('a proof that is being made is asked for until it is there', async () => {
  vi.useFakeTimers();
  const server = withServer().on('GET /learning/releases/2/proof', () => ({
    release: 2,
    against: 1,
    state: 'making',
  }));
  const store = useProof();
  await store.show(2);
  expect([store.making, store.proof]).toEqual([true, null]);
  server.on('GET /learning/releases/2/proof', () => proof());
  await vi.advanceTimersByTimeAsync(3_000);
  expect([store.making, store.proof?.release]).toEqual([false, 2]);
});

test('a proof that could not be made says so, and is made when somebody tries again', async () => {
  vi.useFakeTimers();
  const told = { release: 2, against: 1 };
  const failed_at = '2026-11-21T01:05:00Z';
  const server = withServer()
    .on('GET /learning/releases/2/proof', () => ({ ...told, state: 'failed', failed_at }))
    .on('POST /learning/releases/2/proof', () => ({ ...told, state: 'making' }));
  const store = useProof();
  await store.show(2);
  expect([store.making, store.failedAt, store.proof]).toEqual([false, failed_at, null]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.asked).toHaveLength(1);
  server.on('GET /learning/releases/2/proof', () => ({ ...told, state: 'making' }));
  await store.again(2, null);
  expect([store.making, store.failedAt]).toEqual([true, null]);
  server.on('GET /learning/releases/2/proof', () => proof());
  await vi.advanceTimersByTimeAsync(3_000);
  expect([store.making, store.proof?.release]).toEqual([false, 2]);
});

test('who leaves the page asks for the proof no more', async () => {
  vi.useFakeTimers();
  const server = withServer().on('GET /learning/releases/2/proof', () => ({ state: 'making' }));
  const store = useProof();
  await store.show(2);
  store.leave();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.asked).toHaveLength(1);
});

test('the sentence on top says what the gate says, then what has changed for sure', () => {
  const better = part('faq', { verdict: 'better' });
  const worse = part('intent', { verdict: 'worse' });
  expect(summaryOf(proof()).text).toBe('same');
  expect(summaryOf(proof({ parts: [better] }))).toMatchObject({ text: 'better', better: ['faq'] });
  expect(summaryOf(proof({ parts: [better, worse] }))).toMatchObject({
    text: 'mixed',
    worse: ['intent'],
  });
  const reason = { subject: 'P1', n: 9, before: 1, after: 0.8, p: 0.5, limit: 2 };
  const gate = {
    passed: false,
    reasons: [{ code: 'protected_worse', ...reason }],
    unsure: [],
  };
  const nothing = {
    passed: false,
    reasons: [{ ...reason, code: 'nothing_compared', subject: '' }],
    unsure: ['P1'],
  };
  expect(summaryOf(proof({ lines: 0, parts: [], gate: nothing }))).toMatchObject({
    tone: 'bad',
    text: 'nothing',
    worse: [],
  });
  expect(summaryOf(proof({ parts: [better], gate }))).toMatchObject({
    tone: 'bad',
    text: 'blocked',
    worse: ['P1'],
  });
});

test('all intervals fit into the picture, and no difference stands in its middle', () => {
  const rows = [compared({ difference: { low: -0.08, high: 0.02 }, after: 0.87 }), compared()];
  const scale = scaleOf(rows);
  expect(scale).toBe(0.08);
  expect(placeOf(-0.08, scale)).toBe(0);
  expect(placeOf(0, scale)).toBe(50);
  expect(placeOf(1, scale)).toBe(100);
  expect(scaleOf([compared()])).toBe(0.02);
});

test('where no sentence is answered otherwise there is nothing to be unsure of', () => {
  const none = compared({ n: 737, gained: 0, lost: 0, verdict: 'unsure' });
  expect(verdictOf(none)).toBe('same');
  expect(verdictOf({ ...none, gained: 3, lost: 3 })).toBe('unsure');
  expect(verdictOf({ ...none, n: 0 })).toBe('unsure');
});

test('a difference is told in percentage points with its sign', () => {
  expect([0.0123, -0.004, 0.0001].map(points)).toEqual(['+1.2', '−0.4', '0']);
});

test('of the labels those that changed for sure come first, unchanged ones not at all', () => {
  const labels = [
    { label: 'same', ...compared() },
    { label: 'unsure', ...compared({ lost: 9 }) },
    { label: 'worse', ...compared({ lost: 7, verdict: 'worse' }) },
  ];
  const found = changedLabels({ ...part('faq'), labels });
  expect(found.map((each) => each.label)).toEqual(['worse', 'unsure']);
});

test('accuracy of a part is over all its held-out lines, and cross-validation is not among them', () => {
  const evaluation = {
    faq_a: { faq: { rows: 100, accuracy: 0.9 } },
    faq_b: { faq: { rows: 300, accuracy: 0.7 }, category: { rows: 10, accuracy: 1 } },
    cross_validation: { category: { rows: 5000, accuracy: 0.5 } },
    seconds: 12,
  };
  expect(partFigures(evaluation)).toEqual([
    { part: 'faq', rows: 400, accuracy: 0.75 },
    { part: 'category', rows: 10, accuracy: 1 },
  ]);
  expect(partFigures({})).toEqual([]);
});

test('parts are read in the order of their weight, unknown ones last', () => {
  const parts = ['urgency', 'human', 'faq'].map((each) => ({ part: each }));
  expect(inOrder(parts).map((each) => each.part)).toEqual(['faq', 'human', 'urgency']);
});

test('only kinds of lines that there are are counted', () => {
  expect(lineCounts({ faq: 10, word: 0, note: 'x' })).toEqual([['faq', 10]]);
});

test('an outcome names what it is about', () => {
  expect(outcomeOf('suggestions:a,b')).toEqual({ kind: 'suggestions', keys: ['a', 'b'] });
  expect(outcomeOf('human')).toEqual({ kind: 'human', keys: [] });
});
