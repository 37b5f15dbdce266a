import { getActivePinia } from 'pinia';
import { createApp } from 'vue';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MacroDone, MacroRun } from '../../shared/api/inbox';
import { INBOX } from '../src/api';
import { ApiError, Unreachable } from '../src/api/http';
import type { InboxApi } from '../src/api/inbox';
import MacroMenu from '../src/components/composer/MacroMenu.vue';
import { i18n } from '../src/i18n';
import { useOpened } from '../src/stores/opened';
import { FakeDesk, ME, message, summary, withStores } from './fakes';

const DONE: MacroDone = { done: ['reply'], repeated: false };
const CROSSED = new ApiError(409, 'crossed', '有新消息', { newer: [2], customer: [] });

let desk: FakeDesk;
let shown: HTMLElement;
let unmount: () => void;
/** What the desk answers, one wish after another. */
let answers: (MacroDone | Error)[];
let wishes: MacroRun[];

beforeEach(async () => {
  sessionStorage.clear();
  desk = withStores();
  [answers, wishes] = [[], []];
  const macros = [{ id: 'k1', name: '致歉', actions: [{ kind: 'reply', text: '抱歉' }] }];
  Object.assign(desk, {
    macros: () => Promise.resolve(macros),
    runMacro: async (_id: string, _macro: string, wish: MacroRun) => {
      wishes.push(wish);
      const answer = answers.shift() ?? DONE;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  desk.put(summary({ state: 'active', owner: ME }));
  desk.messagesById.set('c1', [message(1)]);
  await useOpened().open('c1');
  shown = document.createElement('div');
  document.body.append(shown);
  const app = createApp(MacroMenu);
  const pinia = getActivePinia();
  if (pinia) app.use(pinia);
  app.use(i18n).provide(INBOX, desk as unknown as InboxApi);
  app.mount(shown);
  unmount = () => app.unmount();
});
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

/** Waits for it, also on a slow machine. */
function soon<T>(what: () => T): Promise<NonNullable<T>> {
  return vi.waitUntil(what, { timeout: 4_000 }) as Promise<NonNullable<T>>;
}

/** Chooses the macro, again if another run is not over yet, until the desk hears of it. */
async function run(): Promise<void> {
  const before = wishes.length;
  await soon(() => {
    const row = shown.querySelector('li');
    if (row) row.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
    else if (!shown.querySelector('.menu')) shown.querySelector('button')?.click();
    return wishes.length > before;
  });
}

function button(name: string): HTMLButtonElement | undefined {
  const all = [...document.body.querySelectorAll<HTMLButtonElement>('.el-dialog button')];
  return all.find((each) => each.textContent.trim() === name);
}

test('a macro tells what the agent had seen', async () => {
  await run();
  expect(wishes).toEqual([expect.objectContaining({ after_seq: 1, force: false })]);
});

test('a macro that crosses is held back, shown what was said, and run anyway as the same', async () => {
  answers = [CROSSED];
  desk.messagesById.set('c1', [message(1), message(2, { author: 'agent', text: '我来处理' })]);
  await run();
  const anyway = await soon(() => button('仍然执行'));
  expect(document.body.textContent).toContain('我来处理');
  anyway.click();
  await soon(() => wishes.length === 2);
  expect(wishes[1]).toEqual({ ...wishes[0], force: true });
});

test('a macro nobody knows the outcome of is asked for again as the same', async () => {
  answers = [new Unreachable()];
  await run();
  await run();
  await run();
  const ids = wishes.map((wish) => wish.client_id);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});
