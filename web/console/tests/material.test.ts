import { beforeEach, expect, test } from 'vitest';
import type {
  BotText,
  Intent,
  LearningChange,
  Line,
  LinesAdded,
  NewLines,
} from '../../shared/api/material';
import { shownFields, subjectOf } from '../src/components/material/history';
import { marksOf, placeOf } from '../src/components/material/sections';
import { useBotTexts } from '../src/stores/bot-texts';
import { intentName, useIntents } from '../src/stores/intents';
import { useLines } from '../src/stores/lines';
import { FakeServer, withServer } from './shell-fakes';

function line(id: string, change: Partial<Line> = {}): Line {
  return {
    id,
    kind: 'intent',
    label: 'chat_thanks',
    text: `例句 ${id}`,
    labels: {},
    source: 'staff',
    state: 'active',
    created_at: '2026-11-21T01:00:00Z',
    removed_at: null,
    ...change,
  };
}

let server: FakeServer;
let stored: Line[];
beforeEach(() => {
  server = withServer();
  stored = [line('1'), line('2')];
  server.on('GET /learning/labels', () => ({
    items: [{ label: 'chat_thanks', title: '感谢', lines: stored.length }],
  }));
  server.on('GET /learning/lines', ({ query }) => ({
    items: stored.filter(({ label }) => !query?.['label'] || label === query['label']),
    next: null,
  }));
});

test('more lines than the desk takes at once are sent in portions', async () => {
  const sizes: number[] = [];
  server.on('POST /learning/lines', ({ body }): LinesAdded => {
    const { texts, label } = body as NewLines;
    sizes.push(texts.length);
    const added = texts.map((text) => line(text, { text, label }));
    stored.unshift(...added);
    return { added, known: [], refused: [] };
  });
  const store = useLines();
  await store.open('intent', 'chat_thanks');
  const texts = Array.from({ length: 250 }, (_each, index) => `谢谢 ${index}`);
  const { added } = await store.add(texts, 'chat_thanks');
  expect(sizes).toEqual([200, 50]);
  expect(added).toHaveLength(250);
  expect([store.lines?.length, store.total]).toEqual([252, 252]);
});

test('a text that is learned as something else is moved only when one says so', async () => {
  const sent: boolean[] = [];
  server.on('POST /learning/lines', ({ body }): LinesAdded => {
    const { texts, move } = body as NewLines;
    sent.push(move ?? false);
    const text = texts[0] ?? '';
    if (move) return { added: [line('9', { text })], known: [], refused: [] };
    const why = { index: 0, text, code: 'other_label', message: '已归在别处' };
    return { added: [], known: [], refused: [{ ...why, label: 'chat_bye', line_id: '7' }] };
  });
  const store = useLines();
  await store.open('intent', 'chat_thanks');
  await store.add(['再会'], 'chat_thanks');
  expect(store.outcome?.refused.map(({ label }) => label)).toEqual(['chat_bye']);
  await store.move('再会', 'chat_thanks');
  expect(sent).toEqual([false, true]);
  expect([store.outcome?.added.length, store.outcome?.refused]).toEqual([1, []]);
});

test('a removed line can be put back where it stood', async () => {
  server.on('POST /learning/lines/1/remove', () => line('1', { state: 'removed' }));
  server.on('POST /learning/lines/1/restore', () => line('1'));
  const store = useLines();
  await store.open('intent', 'chat_thanks');
  await store.remove(stored[0] as Line);
  expect(store.lines?.map(({ state }) => state)).toEqual(['removed', 'active']);
  expect(store.total).toBe(1);
  await store.restore(store.lines?.[0] as Line);
  expect(store.lines?.map(({ state }) => state)).toEqual(['active', 'active']);
  expect(store.total).toBe(2);
});

test('another kind begins without the search of the last one', async () => {
  const store = useLines();
  await store.open('intent', 'chat_thanks');
  store.query = '谢';
  store.removed = true;
  await store.open('word', '');
  expect([store.query, store.removed]).toEqual(['', false]);
});

test.each([
  ['gift wrapping', 'chitchat', 'chat_gift_wrapping'],
  ['chat_gift', 'chitchat', 'chat_gift'],
  ['VIP-line', 'handoff', 'ask_human_vip_line'],
  ['礼品', 'chitchat', null],
  ['x', 'chitchat', null],
  ['1st', 'handoff', null],
] as const)('an intent called %s (%s) is named %s', (typed, kind, name) => {
  expect(intentName(typed, kind)).toBe(name);
});

test('intents are grouped by what follows them, and changed at their version', async () => {
  const intent = (name: string, kind: Intent['kind']): Intent => ({
    name,
    kind,
    title: name,
    description: '',
    bundled: true,
    switchable: true,
    active: true,
    lines: 9,
    taken_in: true,
    version: 2,
    updated_at: '2026-11-21T01:00:00Z',
  });
  server.on('GET /learning/intents', () => ({
    items: [intent('chat_bye', 'chitchat'), intent('track_order', 'task')],
    entities: ['product'],
    least_examples: 5,
  }));
  server.on('PATCH /learning/intents/chat_bye', ({ body }) => {
    expect(body).toEqual({ active: false, version: 2 });
    return { ...intent('chat_bye', 'chitchat'), active: false, version: 3 };
  });
  const store = useIntents();
  await store.load();
  expect(store.groups.map(({ kind }) => kind)).toEqual(['task', 'chitchat']);
  await store.change(store.named('chat_bye') as Intent, { active: false });
  expect(store.named('chat_bye')).toMatchObject({ active: false, version: 3 });
  store.query = 'TRACK';
  expect(store.groups.flatMap(({ intents }) => intents.map(({ name }) => name))).toEqual([
    'track_order',
  ]);
});

test('sentences are saved without empty ones, and the bundled ones can come back', async () => {
  const text = (change: Partial<BotText> = {}): BotText => ({
    key: 'utter_greet',
    group: null,
    texts: ['您好'],
    bundled: ['您好'],
    placeholders: [],
    buttons: [],
    changed: false,
    version: 0,
    updated_at: null,
    ...change,
  });
  const sent: unknown[] = [];
  server.on('GET /learning/responses', () => ({ items: [text()] }));
  server.on('PUT /learning/responses/utter_greet', ({ body }) => {
    const { texts } = body as { texts: string[] };
    sent.push(body);
    return texts.length > 0 ? text({ texts, changed: true, version: 1 }) : text({ version: 2 });
  });
  const store = useBotTexts();
  await store.load();
  store.choose('utter_greet');
  store.draft.push(' ');
  expect(store.dirty).toBe(false);
  store.draft[1] = ' 在的 ';
  await store.save();
  expect([store.dirty, store.draft]).toEqual([false, ['您好', '在的']]);
  await store.reset();
  expect(sent).toEqual([
    { texts: ['您好', '在的'], version: 0 },
    { texts: [], version: 1 },
  ]);
});

test('a conflict leads to the page where the text is', () => {
  expect(placeOf('intent', 'faq/refund_time')).toBe('/knowledge/refund_time');
  expect(placeOf('intent', 'chat_bye')).toBe('/material/intents/chat_bye');
  expect(placeOf('synonym', '手机/电话')).toBe(
    '/material/synonyms/%E6%89%8B%E6%9C%BA%2F%E7%94%B5%E8%AF%9D',
  );
});

test('marked entities stand out of a line', () => {
  expect(marksOf('要[红色](product)的')).toEqual([
    { text: '要', entity: null },
    { text: '红色', entity: 'product' },
    { text: '的', entity: null },
  ]);
});

test('the history names what was changed and where it is', () => {
  const change = (kind: LearningChange['kind'], more: Partial<LearningChange>): LearningChange => ({
    id: 'e1',
    kind,
    subject: 'chat_bye',
    action: 'changed',
    changes: [],
    after: {},
    by: null,
    created_at: '2026-11-21T01:00:00Z',
    ...more,
  });
  expect(subjectOf(change('intent', { after: { title: '告别' } }))).toEqual({
    text: '告别',
    to: '/material/intents/chat_bye',
  });
  const moved = change('line', {
    after: { text: '再会' },
    changes: [
      { field: 'text', before: null, after: '再会' },
      { field: 'label', before: null, after: 'chat_bye' },
    ],
  });
  expect(subjectOf(moved).text).toBe('再会');
  expect(shownFields(moved)).toEqual([{ name: 'label', before: '', after: 'chat_bye' }]);
});
