import { reactive } from 'vue';
import type { TicketTold } from '../../../shared/api/tickets';

/** Absent: as the customer told it; null: none. */
export interface OrderAndContact {
  order_number?: string | null;
  contact?: string | null;
}

const KEYS = ['order_number', 'contact'] as const;

/** Order number and contact of a new ticket, filled in with what the customer has told already. */
export function useToldFields() {
  const fields = reactive({ order_number: '', contact: '' });
  let told: TicketTold | null = null;
  let asked = 0;

  function empty(): void {
    asked += 1;
    told = null;
    Object.assign(fields, { order_number: '', contact: '' });
  }

  /** What has been typed meanwhile stays. */
  async function fill(load: () => Promise<TicketTold>): Promise<void> {
    empty();
    const turn = asked;
    const found = await load().catch(() => null); // the desk fills both in by itself, too
    if (turn !== asked || !found) return;
    told = found;
    fields.order_number ||= found.order_number ?? '';
    fields.contact ||= found.contact_masked ?? '';
  }

  /** Fields that were emptied are sent as such, those that never had anything are left out. */
  function given(): OrderAndContact {
    const filled = KEYS.map((key) => [key, fields[key].trim() || null] as const);
    return Object.fromEntries(filled.filter(([, text]) => text !== null || told !== null));
  }

  return { fields, empty, fill, given };
}
