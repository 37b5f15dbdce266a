import type {
  CustomerChange,
  CustomerList,
  CustomerRecord,
  Erasure,
  ErasureWish,
  MergeWish,
  SealedField,
} from '../../../shared/api/customers';
import type { Request } from './http';

/** Customers: one function an endpoint. */
export class CustomersApi {
  constructor(private readonly request: Request) {}

  page(q: string, cursor: string | null, limit: number): Promise<CustomerList> {
    const query = { q: q || undefined, cursor: cursor ?? undefined, limit };
    return this.request('/customers', { query });
  }

  show(id: string): Promise<CustomerRecord> {
    return this.request(`/customers/${id}`);
  }

  change(id: string, version: number, change: CustomerChange): Promise<CustomerRecord> {
    return this.request(`/customers/${id}`, { method: 'PATCH', body: { version, ...change } });
  }

  async reveal(id: string, field: SealedField, reason: string): Promise<string> {
    const body = { field, reason };
    return (await this.act<{ value: string }>(id, 'reveal', body)).value;
  }

  note(id: string, text: string): Promise<CustomerRecord> {
    return this.act(id, 'notes', { text });
  }

  /** Makes another customer part of this one. */
  merge(id: string, wish: MergeWish): Promise<CustomerRecord> {
    return this.act(id, 'merge', wish);
  }

  /** Gives the customer that stands alone again. */
  undoMerge(mergeId: string): Promise<CustomerRecord> {
    return this.act('merges', `${mergeId}/undo`, {});
  }

  /** Deletes everything that names the customer, for good. */
  erase(id: string, wish: ErasureWish): Promise<Erasure> {
    return this.act(id, 'erase', wish);
  }

  private act<T>(id: string, what: string, body: object): Promise<T> {
    return this.request(`/customers/${id}/${what}`, { method: 'POST', body });
  }
}
