import { createPinia, setActivePinia } from 'pinia';
import { createApp, effectScope, ref } from 'vue';
import { expect, test, vi } from 'vitest';
import type { CustomerRecord } from '../../shared/api/customers';
import { ApiError, type Request, type RequestOptions } from '../src/api/http';
import { REQUEST } from '../src/api/provide';
import { refusalText } from '../src/format/problem';
import { i18n } from '../src/i18n';
import { useCustomerRecord } from '../src/stores/customer-record';
import { useCustomers } from '../src/stores/customers';
import { customer } from './customer-fakes';

/** Customers of a desk in memory. */
function withCustomers(...all: CustomerRecord[]) {
  const byId = new Map(all.map((each) => [each.id, each]));
  const request: Request = async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    const id = path.split('/')[2];
    if (!id) return { items: [...byId.values()], next: null } as T;
    const found = byId.get(id);
    if (!found) throw new ApiError(404, 'not_found', '没有找到');
    if (options.method !== 'PATCH') return found as T;
    const { version, ...change } = options.body as { version: number };
    if (version !== found.version) throw new ApiError(409, 'conflict', '内容已被他人更新');
    byId.set(id, { ...found, ...change, version: version + 1 });
    return byId.get(id) as T;
  };
  const app = createApp({});
  const pinia = createPinia();
  app.provide(REQUEST, request);
  app.use(pinia);
  setActivePinia(pinia);
  const opened = (id: () => string | null) =>
    app.runWithContext(() => effectScope().run(() => useCustomerRecord(id)));
  return { byId, opened };
}

test('a customer is read when it is chosen, and its line in the list follows changes', async () => {
  const { opened } = withCustomers(customer('a'), customer('b'));
  const customers = useCustomers();
  await customers.load();
  const id = ref<string | null>('a');
  const chosen = opened(() => id.value);
  await vi.waitFor(() => expect(chosen?.record.value?.id).toBe('a'));
  id.value = 'b';
  await vi.waitFor(() => expect(chosen?.record.value?.id).toBe('b'));
  expect(await chosen?.save({ display_name: '陈女士' })).toBe(true);
  expect(customers.items?.map((item) => item.display_name)).toEqual(['客户 a', '陈女士']);
});

test('what somebody else has changed is shown, and nothing is saved over it', async () => {
  const { byId, opened } = withCustomers(customer('a'));
  const chosen = opened(() => 'a');
  await vi.waitFor(() => expect(chosen?.record.value).not.toBeNull());
  byId.set('a', customer('a', { display_name: '陈老师', version: 2 }));
  expect(await chosen?.save({ display_name: '陈女士' })).toBe(false);
  expect(chosen?.stale.value).toBe(true);
  expect(chosen?.record.value?.display_name).toBe('陈老师');
  expect(await chosen?.save({ display_name: '陈女士' })).toBe(true);
  expect([chosen?.stale.value, byId.get('a')?.display_name]).toEqual([false, '陈女士']);
});

test('a refused merge says why, and names the tickets in the way', () => {
  const { t, te } = i18n.global;
  const why = (details: Record<string, unknown>): string => {
    const problem = new ApiError(409, 'customers_not_mergeable', '不能合并', details);
    return refusalText(problem, 'customer.merge.refused', t, te);
  };
  const between = why({ reason: 'tickets_merged', tickets: ['T1', 'T2'] });
  expect(between).toContain('T1, T2');
  expect(why({ reason: 'same' })).not.toBe(between);
  expect(why({ reason: 'unheard_of' })).toBe('不能合并');
});
