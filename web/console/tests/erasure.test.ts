import { createPinia, setActivePinia } from 'pinia';
import { createApp, h } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { afterEach, expect, test, vi } from 'vitest';
import type { CustomerRecord, ErasureWish } from '../../shared/api/customers';
import { DESK } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import { ApiError, type Request, type RequestOptions } from '../src/api/http';
import { REQUEST } from '../src/api/provide';
import CustomerPanel from '../src/components/customers/CustomerPanel.vue';
import { i18n } from '../src/i18n';
import { useSession } from '../src/stores/session';
import { customer } from './customer-fakes';
import { FakeDesk, ME } from './fakes';

const NAME = '周女士';
const ERASED = '2026-11-21T08:00:00Z';

let unmount = (): void => {};
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

function record(change: Partial<CustomerRecord> = {}): CustomerRecord {
  const masked = { phone: '188****5544', email: null, id_number: null, card_number: null };
  return customer('a', { display_name: NAME, masked, ...change });
}

/** The customer's page as somebody of that role sees it; what was asked of the desk. */
async function shown(role: 'agent' | 'supervisor' | 'admin', refusal?: ApiError) {
  const asked: ErasureWish[] = [];
  const request: Request = <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    if (!path.endsWith('/erase')) return Promise.resolve(record() as T);
    asked.push(options.body as ErasureWish);
    if (refusal) return Promise.reject(refusal);
    const customer = record({ display_name: '已删除的客户', erased_at: ERASED });
    return Promise.resolve({ customer, lines: 1, releases: [3] } as T);
  };
  const app = createApp({ render: () => h(CustomerPanel, { id: 'a' }) });
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:any(.*)*', component: { render: () => null } }],
  });
  const desk = new FakeDesk() as unknown as DeskApi;
  app.provide(DESK, desk);
  app.use(pinia).use(i18n).use(router).provide(REQUEST, request);
  const session = useSession();
  session.user = { ...ME, role };
  const root = document.createElement('div');
  document.body.append(root);
  app.mount(root);
  unmount = () => app.unmount();
  await vi.waitFor(() => expect(root.textContent).toContain('客户备注'));
  return { root, asked };
}

function button(words: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    (each) => each.textContent.trim() === words,
  );
  if (!found) throw new Error(`no button ${words}`);
  return found;
}

async function write(name: string, text: string): Promise<void> {
  const field = await vi.waitUntil(() =>
    document.querySelector<HTMLInputElement>(`.el-dialog input[name="${name}"]`),
  );
  field.value = text;
  field.dispatchEvent(new Event('input'));
}

test.each(['agent', 'supervisor'] as const)(
  'somebody who is %s is not offered to erase',
  async (role) => {
    const { root } = await shown(role);
    expect(root.textContent).not.toContain('按请求删除');
  },
);

test('an admin erases with a reason and the name typed, and sees what is left', async () => {
  const { root, asked } = await shown('admin');
  button('按请求删除…').click();
  await write('reason', '客户来信要求');
  expect(document.body.textContent).toContain('会保留');
  expect(button('永久删除').disabled).toBe(true);
  await write('confirm', '周女');
  expect(button('永久删除').disabled).toBe(true);
  await write('confirm', NAME);
  await vi.waitFor(() => expect(button('永久删除').disabled).toBe(false));
  document.querySelector<HTMLFormElement>('.el-dialog form')?.requestSubmit();
  await vi.waitFor(() => expect(root.textContent).toContain('已按请求删除'));
  expect(asked).toEqual([{ reason: '客户来信要求', confirm: NAME }]);
  expect(root.textContent).not.toContain(NAME);
  expect(root.textContent).not.toContain('客户备注');
});

test('what is in the way is named', async () => {
  const details = { reason: 'at_work', conversations: [], tickets: ['T1', 'T2'] };
  const { root } = await shown('admin', new ApiError(409, 'customer_in_use', '不行', details));
  button('按请求删除…').click();
  await write('reason', '客户来信要求');
  await write('confirm', NAME);
  await vi.waitFor(() => expect(button('永久删除').disabled).toBe(false));
  document.querySelector<HTMLFormElement>('.el-dialog form')?.requestSubmit();
  const told = await vi.waitUntil(() => document.querySelector('.el-dialog [role="alert"]'));
  expect(told.textContent).toContain('T1, T2');
  expect(root.textContent).toContain(NAME);
});
