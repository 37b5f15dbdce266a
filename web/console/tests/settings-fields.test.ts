import { createPinia, setActivePinia } from 'pinia';
import { createApp, h, nextTick } from 'vue';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { REQUEST } from '../src/api/provide';
import PolicySection from '../src/components/settings/PolicySection.vue';
import { i18n } from '../src/i18n';
import { sayFieldProblems } from '../src/ui/field-problems';
import { SLA_SETTING } from './settings-fakes';
import { FakeServer } from './shell-fakes';

const NAME = '会话首次响应 P2 · 分钟';

let unmount = (): void => {};
beforeAll(() => sayFieldProblems(document, (...call) => i18n.global.t(...call)));
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

/** The settings of service levels, as they are opened. */
async function opened(): Promise<FakeServer> {
  const server = new FakeServer()
    .on('GET /settings/sla', () => SLA_SETTING)
    .on('PUT /settings/sla', ({ body }) => ({ ...SLA_SETTING, ...(body as object), version: 5 }));
  const pinia = createPinia();
  const app = createApp({ render: () => h(PolicySection, { policy: 'sla' }) });
  app.provide(REQUEST, server.request).use(pinia).use(i18n);
  setActivePinia(pinia);
  const root = document.createElement('div');
  document.body.append(root);
  app.mount(root);
  unmount = () => app.unmount();
  await vi.waitUntil(() => document.querySelector('.bar'));
  return server;
}

function minutes(): HTMLInputElement {
  const group = document.querySelectorAll('.target')[1];
  return group?.querySelector('input[type="number"]') as HTMLInputElement;
}

const button = (name: string): HTMLButtonElement =>
  [...document.querySelectorAll('button')].find((each) =>
    each.textContent.includes(name),
  ) as HTMLButtonElement;
const said = (): string[] =>
  [...document.querySelectorAll('.field-problem')].map((each) => each.textContent);

async function write(value: string): Promise<void> {
  const field = minutes();
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await nextTick();
  await nextTick();
}

test.each([
  ['-5', '不能小于 0。'],
  ['', '请填写这一项。'],
])('a time of %j is not saved: its field says why, and the foot names it', async (wrong, why) => {
  const server = await opened();
  await write('3');
  expect(button('保存').disabled).toBe(false);
  await write(wrong);
  expect(said()).toEqual([why]);
  expect(button('保存').disabled).toBe(true);
  const named = button('请先改正');
  expect(named.textContent).toContain(NAME);
  named.click();
  expect(document.activeElement).toBe(minutes());
  await write('4');
  expect([said(), button('请先改正')]).toEqual([[], undefined]);
  button('保存').click();
  await vi.waitUntil(() => server.asked.includes('PUT /settings/sla'));
});

test('a mistake goes with what is undone', async () => {
  await opened();
  await write('-5');
  button('撤销修改').click();
  await nextTick();
  await nextTick();
  expect([minutes().value, said(), button('请先改正')]).toEqual(['2', [], undefined]);
  expect(button('保存').disabled).toBe(true);
});
