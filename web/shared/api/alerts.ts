/** Alerts and incidents (`api/deadlines`). */
import type { Labelled, PersonRef } from '../api';

export interface Alert {
  id: string;
  kind: string;
  text: string;
  /** The highest rung told so far: `agent`, `lead` or `management`. */
  level: string;
  subject: { kind: string; id: string; title: string };
  told: PersonRef[];
  raised_at: string;
  acknowledged_by: PersonRef | null;
  acknowledged_at: string | null;
  ended_at: string | null;
}

export const GRADES = ['critical', 'major', 'serious', 'minor'] as const;
export type Grade = (typeof GRADES)[number];

/** One page of a list; ask with `next` as cursor to go on. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface IncidentStep {
  step: string;
  name: string;
  /** Null: whoever has the incident. */
  owner: PersonRef | null;
  due_at: string | null;
  done_at: string | null;
  done_by: PersonRef | null;
  result: string | null;
  /** It is late, or was done late. */
  breached: boolean;
}

export interface Incident {
  id: string;
  number: string;
  grade: Labelled;
  title: string;
  description: string;
  category: Labelled | null;
  /** `p1`, `burst` or `manual`. */
  cause: string;
  conversation_id: string | null;
  owner: PersonRef | null;
  detected_at: string;
  closed_at: string | null;
  review: string | null;
  steps: IncidentStep[];
}

export interface NewIncident {
  title: string;
  description: string;
  grade: Grade;
  category?: string;
  conversation_id?: string;
}

export interface IncidentChange {
  grade?: Grade;
  title?: string;
  description?: string;
  owner_id?: string | null;
}
