/** 回访: asking a customer again some working days after closing (`api/deadlines`). */
import type { PersonRef } from '../api';

export const DUES = ['now', 'later', 'done'] as const;
/** To do now, not before a later day, or done. */
export type Due = (typeof DUES)[number];

export interface FollowUp {
  id: string;
  customer: PersonRef & { tier: string };
  ticket_number: string | null;
  conversation_id: string | null;
  /** Title of the ticket, or the business line of the conversation. */
  about: string;
  owner: PersonRef | null;
  not_before: string;
  due_at: string;
  overdue: boolean;
  done_at: string | null;
  done_by: PersonRef | null;
  satisfied: boolean | null;
  result: string | null;
}
