import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { CustomerLine, CustomerRecord } from '../../../shared/api/customers';
import { CustomersApi } from '../api/customers';
import { useApi } from '../api/provide';

const PAGE = 50;

/** Customers by name, a page after the other. */
export const useCustomers = defineStore('customers', () => {
  const api = useApi(CustomersApi);

  const q = ref('');
  const items = ref<CustomerLine[] | null>(null);
  const next = ref<string | null>(null);
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  let asked = 0;

  const more = computed(() => next.value !== null);

  async function load(): Promise<void> {
    const mine = ++asked;
    error.value = null;
    try {
      const page = await api.page(q.value.trim(), null, PAGE);
      if (mine !== asked) return;
      items.value = page.items;
      next.value = page.next;
    } catch (problem) {
      if (mine === asked) error.value = problem;
    }
  }

  async function loadMore(): Promise<void> {
    if (next.value === null || loadingMore.value) return;
    const mine = asked;
    loadingMore.value = true;
    try {
      const page = await api.page(q.value.trim(), next.value, PAGE);
      if (mine !== asked) return;
      items.value = [...(items.value ?? []), ...page.items];
      next.value = page.next;
    } finally {
      loadingMore.value = false;
    }
  }

  /** A listed customer has changed. */
  function apply(record: CustomerRecord): void {
    items.value =
      items.value?.map((item) => (item.id === record.id ? { ...item, ...lineOf(record) } : item)) ??
      null;
  }

  return { q, items, error, loadingMore, more, load, loadMore, apply };
});

function lineOf(record: CustomerRecord): CustomerLine {
  const { id, display_name, tier, language, masked, verified_at, erased_at, created_at } = record;
  return { id, display_name, tier, language, masked, verified_at, erased_at, created_at };
}
