import type { CustomerRecord } from '../../shared/api/customers';

export function customer(id: string, change: Partial<CustomerRecord> = {}): CustomerRecord {
  return {
    id,
    display_name: `客户 ${id}`,
    tier: 'standard',
    language: 'zh',
    masked: { phone: null, email: null, id_number: null, card_number: null },
    verified_at: null,
    erased_at: null,
    created_at: '2025-01-18T08:00:00Z',
    preferences: {},
    identities: [],
    conversations: [],
    conversation_count: 0,
    tickets: [],
    open_tickets: 0,
    notes: [],
    merged: [],
    version: 1,
    ...change,
  };
}
