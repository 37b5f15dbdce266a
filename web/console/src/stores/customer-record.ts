import { ref, watch, type Ref } from 'vue';
import type { CustomerChange, CustomerRecord } from '../../../shared/api/customers';
import { CustomersApi } from '../api/customers';
import { ApiError } from '../api/http';
import { useApi } from '../api/provide';
import { useCustomers } from './customers';

export interface OpenedCustomer {
  record: Ref<CustomerRecord | null>;
  error: Ref<unknown>;
  /** Somebody else has changed the customer in the meantime; nothing was saved. */
  stale: Ref<boolean>;
  load(): Promise<void>;
  act(what: (api: CustomersApi, id: string) => Promise<CustomerRecord>): Promise<void>;
  /** Saves; false when somebody else was faster. What they wrote is shown then. */
  save(change: CustomerChange): Promise<boolean>;
  reveal: CustomersApi['reveal'];
}

/** The customer with the id, read again whenever it changes; for the page and the side panel. */
export function useCustomerRecord(id: () => string | null): OpenedCustomer {
  const api = useApi(CustomersApi);
  const customers = useCustomers();
  const record = ref<CustomerRecord | null>(null);
  const error = ref<unknown>(null);
  const stale = ref(false);

  async function load(): Promise<void> {
    const wanted = id();
    if (wanted === null) return;
    error.value = null;
    try {
      const found = await api.show(wanted);
      if (id() === wanted) keep(found);
    } catch (problem) {
      if (id() === wanted) error.value = problem;
    }
  }

  async function act(
    what: (api: CustomersApi, id: string) => Promise<CustomerRecord>,
  ): Promise<void> {
    const wanted = id();
    if (wanted === null) return;
    const found = await what(api, record.value?.id ?? wanted);
    if (id() === wanted) keep(found);
  }

  async function save(change: CustomerChange): Promise<boolean> {
    const version = record.value?.version;
    if (version === undefined) return false;
    stale.value = false;
    try {
      await act((customer, at) => customer.change(at, version, change));
      return true;
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.code !== 'conflict') throw problem;
      await load();
      stale.value = true;
      return false;
    }
  }

  function keep(found: CustomerRecord): void {
    record.value = found;
    customers.apply(found);
  }

  watch(
    id,
    () => {
      record.value = null;
      stale.value = false;
      void load();
    },
    { immediate: true },
  );

  return { record, error, stale, load, act, save, reveal: (...call) => api.reveal(...call) };
}
