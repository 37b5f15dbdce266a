import { effectScope } from 'vue';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  EntryPage,
  KnowledgeDraft,
  KnowledgeImport,
  SimilarList,
} from '../../shared/api/knowledge';
import { ApiError } from '../src/api/http';
import type { Upload } from '../src/api/upload';
import { AGAIN_MS, PAUSE_MS, useSimilar } from '../src/components/knowledge/similar';
import { standingOf, wordingFound } from '../src/components/knowledge/standing';
import { useKnowledge } from '../src/stores/knowledge';
import { useKnowledgeEntry } from '../src/stores/knowledge-entry';
import { ASK_EVERY_MS, ImportFailed, useKnowledgeImport } from '../src/stores/knowledge-import';
import { content, entry } from './knowledge-fakes';
import { FakeServer, withServer } from './shell-fakes';

function draft(change: Partial<KnowledgeDraft> = {}): KnowledgeDraft {
  return {
    key: 'refund_time',
    content: content({ answer: '1–5 天。' }),
    state: 'draft',
    source: 'staff',
    author: { id: 'me', display_name: '林小满' },
    base_version: 3,
    version: 7,
    created_at: '2026-11-21T01:00:00Z',
    updated_at: '2026-11-21T01:00:00Z',
    ...change,
  };
}

function page(change: Partial<EntryPage> = {}): EntryPage {
  return { entry: entry(), draft: null, versions: [], ...change };
}

let server: FakeServer;
beforeEach(() => {
  server = withServer();
});
afterEach(() => void vi.useRealTimers());

const AT = '/knowledge/refund_time';

test('the list is asked for what it is narrowed to, and goes on behind its last entry', async () => {
  const asked: unknown[] = [];
  server.on('GET /knowledge', ({ query }) => {
    asked.push(query);
    return query?.['cursor']
      ? { items: [entry({ key: 'b' })], total: 2, drafts: [], next: null }
      : { items: [entry({ key: 'a' })], total: 2, drafts: [draft({ key: 'new' })], next: 'a' };
  });
  const store = useKnowledge();
  store.standing = 'due';
  await store.load();
  await store.more();
  expect(asked).toEqual([
    { due_for_review: 'true', cursor: undefined, limit: 100 },
    { due_for_review: 'true', cursor: 'a', limit: 100 },
  ]);
  expect(store.entries?.map(({ key }) => key)).toEqual(['a', 'b']);
  expect(store.drafts.map(({ key }) => key)).toEqual(['new']);
  expect(store.total).toBe(3);
  store.standing = 'in_review';
  await store.load();
  expect(asked.at(-1)).toMatchObject({ state: 'in_review' });
});

test('what no release has learned waits, unless customers are not given it anyway', () => {
  expect(standingOf(entry())).toBe('published');
  expect(standingOf(entry({ learned: null }))).toBe('published');
  expect(standingOf(entry({ learned: false }))).toBe('waiting');
  expect(standingOf(entry({ learned: false, state: 'off' }))).toBe('off');
});

test('a search says which wording it found, but not when the question says it itself', () => {
  const found = entry({ questions: ['退款要几天', '钱何时 Back'] });
  expect(wordingFound(found, ' back ')).toBe('钱何时 Back');
  expect(wordingFound(found, '退款')).toBeNull();
  expect(wordingFound(found, '1–3')).toBeNull();
  expect(wordingFound(found, ' ')).toBeNull();
});

test('an entry is saved whole, at the version that was read', async () => {
  let sent: unknown;
  let current = entry();
  server.on(`GET ${AT}`, () => page({ entry: current }));
  server.on(`PUT ${AT}`, ({ body }) => {
    sent = body;
    return (current = entry({ answer: '2 天。', version: 4 }));
  });
  const store = useKnowledgeEntry();
  await store.open('refund_time');
  expect([store.side, store.dirty]).toEqual(['live', false]);
  store.form.answer = '2 天。';
  store.note = ' 提速了 ';
  expect(store.dirty).toBe(true);
  await store.saveLive();
  expect(sent).toEqual({ ...content({ answer: '2 天。' }), version: 3, note: '提速了' });
  expect([store.dirty, store.note, store.entry?.version]).toEqual([false, '', 4]);
});

test('what the desk refuses stays written', async () => {
  server.on(`GET ${AT}`, () => page());
  server.on(`PUT ${AT}`, () => {
    throw new ApiError(409, 'conflict', '有人改过了', { version: 4 });
  });
  const store = useKnowledgeEntry();
  await store.open('refund_time');
  store.form.answer = '2 天。';
  await expect(store.saveLive()).rejects.toThrow('有人改过了');
  expect([store.form.answer, store.dirty]).toEqual(['2 天。', true]);
});

test('a draft is shown first, and what is live beside it', async () => {
  server.on(`GET ${AT}`, () => page({ draft: draft() }));
  const store = useKnowledgeEntry();
  await store.open('refund_time');
  expect([store.side, store.form.answer, store.overtaken]).toEqual(['draft', '1–5 天。', false]);
  store.look('live');
  expect([store.form.answer, store.dirty]).toEqual(['1–3 天。', false]);
});

test('what is in the fields is what goes live, over what was changed meanwhile', async () => {
  const bodies: unknown[] = [];
  let now = draft({ base_version: 2 });
  server.on(`GET ${AT}`, () => page({ draft: now }));
  server.on(`PUT ${AT}/draft`, ({ body }) => {
    const { base_version, version } = body as KnowledgeDraft;
    bodies.push([base_version, version]);
    return (now = draft({ version: now.version + 1, base_version }));
  });
  server.on(`POST ${AT}/draft/publish`, ({ body }) => {
    bodies.push(body);
    return page({ entry: entry({ version: 4 }) });
  });
  const store = useKnowledgeEntry();
  await store.open('refund_time');
  expect(store.overtaken).toBe(true);
  store.form.answer = '7 天。';
  await store.publish();
  expect(bodies).toEqual([[2, 7], [3, 8], { version: 9 }]);
  expect([store.side, store.draft, store.dirty]).toEqual(['live', null, false]);
});

test('a new entry gets its key from the desk, as a draft or live', async () => {
  let sent: unknown;
  server.on('POST /knowledge', ({ body }) => {
    sent = body;
    return page({ entry: null, draft: draft({ key: 'refund_2' }) });
  });
  const store = useKnowledgeEntry();
  store.begin({ question: '退款多久到账？' });
  expect([store.fresh, store.problems]).toEqual([true, ['category', 'answer']]);
  Object.assign(store.form, { category: 'refund', answer: '1–5 天。' });
  await store.saveDraft();
  expect(sent).toMatchObject({ publish: false, content: { question: '退款多久到账？' } });
  expect([store.key, store.side, store.dirty]).toEqual(['refund_2', 'draft', false]);
});

test('a draft of nothing else leaves nothing when it is thrown away', async () => {
  server.on(`GET ${AT}`, () => page({ entry: null, draft: draft({ base_version: null }) }));
  server.on(`POST ${AT}/draft/discard`, ({ body }) => expect(body).toEqual({ version: 7 }));
  const store = useKnowledgeEntry();
  await store.open('refund_time');
  expect(await store.discard()).toBe(false);
  expect(store.fresh).toBe(true);
});

test('the answer for an entry that was left is dropped', async () => {
  let answer: (found: EntryPage) => void = () => {};
  server.on(`GET ${AT}`, () => new Promise<EntryPage>((resolve) => (answer = resolve)));
  const store = useKnowledgeEntry();
  const opening = store.open('refund_time');
  store.begin();
  answer(page());
  await opening;
  expect([store.fresh, store.page]).toEqual([true, null]);
});

test('look-alikes are asked for once the writer pauses; an older question is dropped', async () => {
  vi.useFakeTimers();
  const asked: [string, AbortSignal][] = [];
  const answers: ((found: SimilarList) => void)[] = [];
  const scope = effectScope();
  const { found, look, clear } = scope.run(() =>
    useSimilar((text, signal) => {
      asked.push([text, signal]);
      return new Promise((resolve) => answers.push(resolve));
    }),
  )!;
  const like = (text: string): SimilarList => ({
    items: [{ key: 'a', question: text, text, score: 0.93, kind: 'near' }],
    complete: true,
  });
  look('退');
  look('退款');
  look('退款多久');
  vi.advanceTimersByTime(PAUSE_MS);
  look('退款多久 ');
  expect(asked.map(([text]) => text)).toEqual(['退款多久']);
  look('退款多久到');
  vi.advanceTimersByTime(PAUSE_MS);
  expect(asked[0]?.[1].aborted).toBe(true);
  answers[1]?.(like('新'));
  answers[0]?.(like('旧'));
  await vi.runAllTimersAsync();
  expect(found.value.map(({ text }) => text)).toEqual(['新']);
  clear();
  expect(found.value).toEqual([]);
  scope.stop();
});

test('while wordings are still being read it looks again by itself', async () => {
  vi.useFakeTimers();
  const scope = effectScope();
  const text = '退款多久';
  const item = { key: 'a', question: text, text, score: 0.93, kind: 'near' } as const;
  const answers: SimilarList[] = [
    { items: [], complete: false },
    { items: [item], complete: true },
  ];
  const ask = vi.fn(() => Promise.resolve(answers.shift()!));
  const { found, incomplete, look } = scope.run(() => useSimilar(ask))!;
  look(text);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect([found.value.length, incomplete.value]).toEqual([0, true]);
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  expect([found.value.length, incomplete.value]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(AGAIN_MS * 3);
  expect(ask).toHaveBeenCalledTimes(2);
  scope.stop();
});

// --- imports ---------------------------------------------------------------------------------

const REPORT = {
  rows: 2,
  added: 1,
  changed: 0,
  unchanged: 1,
  problems: [],
  more: 0,
  refused: false,
};
const FILE = new File(['x'], 'faq.csv');

function step(change: Partial<KnowledgeImport>): KnowledgeImport {
  return {
    id: 'i1',
    filename: 'faq.csv',
    dry_run: true,
    state: 'running',
    rows: 0,
    done: 0,
    report: null,
    created_at: '2026-11-21T01:00:00Z',
    ended_at: null,
    ...change,
  };
}

function importing(...steps: KnowledgeImport[]) {
  vi.useFakeTimers();
  const store = useKnowledgeImport();
  const dry: string[] = [];
  const upload: Upload = async <Answer>(...call: Parameters<Upload>) => {
    dry.push(call[4]?.['dry_run'] ?? '');
    return { import_id: 'i1' } as Answer;
  };
  store.sendUp.upload = upload;
  server.on('GET /knowledge/imports/i1', () => steps.shift());
  return { store, dry };
}

test('a file is looked through first, and taken in only when one says so', async () => {
  const { store, dry } = importing(
    step({ rows: 2, done: 1 }),
    step({ state: 'done', report: REPORT }),
    step({ state: 'done', dry_run: false, report: REPORT }),
  );
  const checking = store.check(FILE);
  await vi.advanceTimersByTimeAsync(0);
  expect([store.busy, store.share, store.phase]).toEqual([true, 0.5, 'checking']);
  store.hear({ type: 'import', id: 'i1', done: 2, rows: 2 });
  store.hear({ type: 'import', id: 'other', done: 0, rows: 9 });
  expect(store.share).toBe(1);
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  await checking;
  expect([store.checked, store.taken, dry]).toEqual([true, false, ['true']]);
  await store.take();
  expect([store.checked, store.taken, dry]).toEqual([false, true, ['true', 'false']]);
});

test('it says what is being done with a file, from the way up to the last row', async () => {
  const { store } = importing(
    step({ state: 'queued' }),
    step({ rows: 0 }),
    step({ rows: 2, dry_run: false }),
  );
  const phases = [store.phase];
  const checking = store.check(FILE);
  for (let steps = 0; steps < 3; steps += 1) {
    await vi.advanceTimersByTimeAsync(steps && ASK_EVERY_MS);
    phases.push(store.phase);
  }
  expect(phases).toEqual(['sending', 'queued', 'reading', 'taking']);
  store.reset();
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  await checking;
});

test('a file that was refused cannot be taken in', async () => {
  const { store, dry } = importing(step({ state: 'done', report: { ...REPORT, refused: true } }));
  await store.check(FILE);
  await store.take();
  expect(dry).toEqual(['true']);
});

test('an import that broke off says so', async () => {
  const { store } = importing(step({ state: 'failed' }));
  await store.check(FILE);
  expect([store.error, store.busy]).toEqual([expect.any(ImportFailed), false]);
});

test('nobody waits any more when the dialog is closed', async () => {
  const { store } = importing(step({ rows: 2, done: 1 }));
  const checking = store.check(FILE);
  await vi.advanceTimersByTimeAsync(0);
  store.reset();
  await checking;
  expect([store.shown, store.error, store.busy]).toEqual([null, null, false]);
  expect(server.asked.filter((what) => what.includes('imports'))).toHaveLength(1);
});
