import { getActivePinia } from 'pinia';
import { createApp, h, ref, type Component } from 'vue';
import { afterEach, expect, test, vi } from 'vitest';
import type { TransferTarget } from '../../shared/api/inbox';
import { INBOX } from '../src/api';
import type { InboxApi } from '../src/api/inbox';
import ReturnDialog from '../src/components/desk/ReturnDialog.vue';
import TicketDialog from '../src/components/desk/TicketDialog.vue';
import TransferDialog from '../src/components/desk/TransferDialog.vue';
import WrapUpDialog from '../src/components/desk/WrapUpDialog.vue';
import { i18n } from '../src/i18n';
import { agent } from './agents';
import { FakeDesk, summary, withStores } from './fakes';

let unmount = (): void => {};
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

/** Waits for it, also on a slow machine. */
function soon<T>(what: () => T): Promise<NonNullable<T>> {
  return vi.waitUntil(what, { timeout: 4_000 }) as Promise<NonNullable<T>>;
}

/** The opened dialog; what it confirms is told to `confirmed`. */
async function opened(
  dialog: Component,
  desk: FakeDesk,
  confirmed: (...what: unknown[]) => void,
): Promise<HTMLElement> {
  const conversation = summary({ state: 'active' });
  const shown = ref(false);
  const draft = (): Promise<unknown> =>
    Promise.resolve({ order_number: null, contact_masked: null });
  const app = createApp({
    render: () =>
      h(dialog, {
        modelValue: shown.value,
        conversation,
        busy: false,
        draft,
        onConfirm: confirmed,
      }),
  });
  const pinia = getActivePinia();
  if (pinia) app.use(pinia);
  app.use(i18n).provide(INBOX, desk as unknown as InboxApi);
  const root = document.createElement('div');
  document.body.append(root);
  app.mount(root);
  unmount = () => app.unmount();
  shown.value = true;
  return soon(() => document.querySelector<HTMLElement>('.el-dialog form'));
}

function ctrlEnter(field: Element): void {
  const how = { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
  field.dispatchEvent(new KeyboardEvent('keydown', how));
}

test.each([
  [
    'a ticket',
    TicketDialog,
    'input',
    { title: '退款没到', description: null, note: null, order_number: null, contact: null },
  ],
  ['a return to the bot', ReturnDialog, 'textarea', '退款没到'],
] as const)('Ctrl and Enter send %s from where one writes', async (_what, dialog, field, sent) => {
  const confirmed = vi.fn();
  const form = await opened(dialog, withStores(), confirmed);
  const written = form.querySelector<HTMLInputElement>(field);
  if (!written) throw new Error('no field');
  written.value = '退款没到';
  written.dispatchEvent(new Event('input'));
  ctrlEnter(written);
  await soon(() => confirmed.mock.calls.length);
  expect(confirmed.mock.calls).toEqual([[sent]]);
});

test('Ctrl and Enter end a conversation, once a result was chosen', async () => {
  const confirmed = vi.fn();
  const form = await opened(WrapUpDialog, withStores(), confirmed);
  const cause = form.querySelector<HTMLInputElement>('input.plain');
  if (!cause) throw new Error('no field');
  ctrlEnter(cause);
  await soon(() => form.querySelector('[role="alert"]'));
  expect(confirmed).not.toHaveBeenCalled();
  form.querySelector<HTMLInputElement>('input[type="radio"]')?.click();
  ctrlEnter(cause);
  await soon(() => confirmed.mock.calls.length);
  expect(confirmed.mock.calls[0]).toMatchObject([{ result: 'resolved' }]);
});

/** The dialog with these colleagues, after `words` were looked for. */
async function looking(words: string, sent: (to: TransferTarget) => void): Promise<HTMLElement> {
  const desk = withStores();
  desk.people = [
    agent('1', { skills: [{ category: { key: 'order', name: '订单' }, level: 3 }] }),
    agent('2', { display_name: '周敏', effective_presence: 'break' }),
  ];
  const form = await opened(TransferDialog, desk, (to) => sent(to as TransferTarget));
  await soon(() => form.textContent.includes('周敏') || null);
  const field = form.querySelector<HTMLInputElement>('input[type="search"]');
  if (!field) throw new Error('no field');
  field.value = words;
  field.dispatchEvent(new Event('input'));
  await soon(() => form.textContent.includes('客服1') === ''.includes(words) || null);
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  await soon(() => form.querySelector(':checked') || null);
  return form;
}

test('one search finds people and business lines, and Enter takes what was named', async () => {
  const sent: TransferTarget[] = [];
  const form = await looking('发票', (to) => sent.push(to));
  ctrlEnter(form);
  await soon(() => sent.length);
  expect(sent).toEqual([{ agent_id: null, skill: 'invoice' }]);
});

test('who passes on to a business line that nobody else at work knows is told before', async () => {
  const form = await looking('发票', () => undefined);
  await soon(() => form.textContent.includes('现在没有其他在线客服负责“发票”') || null);
});

test('a business line without anybody at work says why', async () => {
  const desk = withStores();
  desk.people = [
    agent('1', { skills: [{ category: { key: 'order', name: '订单' }, level: 3 }] }),
    agent('2', {
      effective_presence: 'offline',
      skills: [{ category: { key: 'invoice', name: '发票' }, level: 3 }],
    }),
    agent('3', { capacity: 0 }),
  ];
  const form = await opened(TransferDialog, desk, vi.fn());
  await soon(() => form.textContent.includes('客服1') || null);
  const lines = [...form.querySelectorAll('.lines label')].map((each) => each.textContent);
  const said = (name: string): string | undefined => lines.find((line) => line.startsWith(name));
  expect(said('订单')).toContain('1 人在线');
  expect(said('发票')).toContain('1 人负责，都不在线');
  expect(said('支付')).toContain('没有其他人负责');
  const pay = [...form.querySelectorAll<HTMLElement>('.lines label')].find((each) =>
    each.textContent.startsWith('支付'),
  );
  pay?.querySelector('input')?.click();
  await soon(() => form.textContent.includes('除您以外没有人负责“支付”') || null);
});
