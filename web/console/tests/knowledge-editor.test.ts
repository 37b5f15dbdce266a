import { getActivePinia } from 'pinia';
import { createApp } from 'vue';
import { afterEach, expect, test, vi } from 'vitest';
import { DESK, INBOX } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import type { InboxApi } from '../src/api/inbox';
import { REQUEST } from '../src/api/provide';
import EntryEditor from '../src/components/knowledge/EntryEditor.vue';
import { i18n } from '../src/i18n';
import { useKnowledgeEntry } from '../src/stores/knowledge-entry';
import { entry } from './knowledge-fakes';
import { FakeServer, withServer } from './shell-fakes';

let unmount = (): void => {};
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

const AT = '/knowledge/refund_time';

/** The editor of an entry as somebody sees it who may change it, or may not. */
async function opened(editable: boolean): Promise<{ server: FakeServer; page: HTMLElement }> {
  const inbox = { agents: () => Promise.resolve([]) } as unknown as InboxApi;
  const server = withServer({}, inbox);
  server.on(`GET ${AT}`, () => ({
    entry: entry({ variants: { wechat: '**三天**' } }),
    draft: null,
    versions: [],
  }));
  server.on('GET /learning/intents', () => ({ items: [] }));
  await useKnowledgeEntry().open('refund_time');
  const app = createApp(EntryEditor, { editable });
  app
    .provide(REQUEST, server.request)
    .provide(INBOX, inbox)
    .provide(DESK, {} as DeskApi);
  app.use(getActivePinia()!).use(i18n);
  const page = document.body.appendChild(document.createElement('div'));
  app.mount(page);
  unmount = () => app.unmount();
  await vi.waitUntil(() => page.querySelector('form'));
  return { server, page };
}

test('who may not edit reads the answer as customers do, and asks for nothing that is refused', async () => {
  const { server, page } = await opened(false);
  expect(server.asked).toEqual([`GET ${AT}`]);
  expect([
    page.querySelectorAll('textarea').length,
    page.querySelectorAll('button').length,
  ]).toEqual([0, 0]);
  expect(page.querySelector('fieldset')?.disabled).toBe(true);
  expect(page.querySelector('.answer-text')?.textContent).toBe('1–3 天。');
  expect(page.textContent).toContain('三天');
  expect(page.textContent).not.toContain('**');
});

test('who may edit gets the fields and the tasks to choose from', async () => {
  const { server, page } = await opened(true);
  expect(server.asked).toContain('GET /learning/intents');
  expect(page.querySelector('.answer textarea')).not.toBeNull();
  expect(page.querySelector('fieldset')?.disabled).toBe(false);
});
