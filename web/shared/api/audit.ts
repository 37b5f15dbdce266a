/** The record of sensitive acts (`api/audit`). */
import type { PersonRef } from '../api';

export interface AuditLine {
  seq: number;
  at: string;
  /** None: the desk itself. */
  staff: PersonRef | null;
  action: string;
  action_name: string;
  subject_kind: string;
  subject_id: string;
  data: Record<string, unknown>;
  address: string | null;
}

export interface AuditPage {
  items: AuditLine[];
  next: string | null;
}

export interface AuditState {
  whole: boolean;
  seq: number;
  hash: string;
  problems: { seq: number; kind: string }[];
}
