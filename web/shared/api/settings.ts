/** Policies, the business calendar, ready replies and macros. */
import type { PersonRef, Priority } from '../api';
import type { CannedReply, WrapUpForm } from './inbox';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A policy: what holds, what the file says, and 0 as version while nothing was set. */
export interface Setting {
  key: string;
  value: JsonObject;
  default: JsonObject;
  version: number;
  updated_at: string | null;
  updated_by: PersonRef | null;
}

export type Range = [from: string, to: string];
/** Opening hours of a day; `closed` all day. */
export type Hours = 'closed' | Range[];

export type DayKind = 'weekday' | 'holiday' | 'make_up' | 'override';

/** A date as the desk keeps it. */
export interface CalendarDay {
  date: string;
  working: boolean;
  hours: Range[];
  name: string | null;
  kind: DayKind;
  /** False where public holidays are not announced yet. */
  certain: boolean;
  /** What holds without what was set for the date. */
  usual_kind: DayKind;
  usual_hours: Range[];
}

/** A ready reply as whoever keeps the list sees it. */
export interface CannedRecord extends CannedReply {
  version: number;
  updated_at: string;
}

export type CannedDraft = Omit<CannedReply, 'id'>;

export interface CannedReplies {
  items: CannedRecord[];
  /** What a text may hold, with names. */
  variables: Record<string, string>;
}

export type MacroAction =
  | { kind: 'reply'; text: string }
  | { kind: 'note'; text: string }
  | { kind: 'tag'; tags: string[] }
  | { kind: 'priority'; priority: Priority }
  | { kind: 'transfer'; agent_id: string | null; skill: string | null; note: string | null }
  | { kind: 'to_ticket'; title: string | null; note: string | null }
  | ({ kind: 'close' } & WrapUpForm);
export type MacroKind = MacroAction['kind'];

export interface Macro {
  id: string;
  name: string;
  actions: MacroAction[];
  active: boolean;
  version: number;
}
export type MacroDraft = Pick<Macro, 'name' | 'actions' | 'active'>;
