import type { TicketDetail } from '../../../shared/api/tickets';

/** Fields whose change by somebody else is worth telling before one's own is saved. */
export const TOLD_FIELDS = [
  'title',
  'description',
  'state',
  'priority',
  'category',
  'nature',
  'impact',
  'urgency',
  'assignee',
  'team',
  'order_number',
  'contact_masked',
  'tags',
  'root_cause',
  'result',
  'merged_into',
] as const;
export type ToldField = (typeof TOLD_FIELDS)[number];

export interface FieldChange {
  field: ToldField;
  before: string;
  after: string;
}

/** What is different in `after`, in words without names of keys: `section.key` where there is one. */
export function changesBetween(before: TicketDetail, after: TicketDetail): FieldChange[] {
  return TOLD_FIELDS.flatMap((field) => {
    const [was, is] = [plain(before[field]), plain(after[field])];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}

/** One text for a value of any kind: names of people and labels, lists in one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join('、');
  if (typeof value === 'object') {
    const { display_name, name } = value as { display_name?: string; name?: string };
    return display_name ?? name ?? '';
  }
  return String(value);
}
