/** What is done inside conversations and the tools for it (docs/architecture.md §3). */

import type { ConversationSummary, Labelled, Priority, RunningDeadline, View } from '../api';
import type { MacroKind } from './settings';

/** What a list of conversations is narrowed to. */
export interface InboxFilter {
  priority?: Priority;
  category?: string;
  channel?: string;
  tag?: string;
  q?: string;
}

export interface SavedView {
  id: string;
  place: 'inbox' | 'tickets';
  name: string;
  filter: InboxFilter & { view?: View };
}

export interface NewReply {
  text: string;
  client_id: string;
  /** The newest message its writer has seen. */
  after_seq: number;
  /** Send although somebody else has spoken since. */
  force: boolean;
  quote_of: string | null;
  attachment_ids: string[];
}

export interface NewNote {
  text: string;
  client_id: string;
  mentions: string[];
}

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  text: string;
  category: string | null;
  active: boolean;
}

/** A ready reply as it would go out now; what is `missing` stands in its text as 【…】. */
export interface ReadyReply {
  shortcut: string;
  title: string;
  text: string;
  missing: string[];
}

/** The guards of `NewReply`, for a macro that answers. */
export type MacroRun = Pick<NewReply, 'client_id' | 'after_seq' | 'force'>;

export interface MacroDone {
  done: MacroKind[];
  /** It had been done before. */
  repeated: boolean;
}

export const WRAP_UP_RESULTS = ['resolved', 'unresolved', 'ticket', 'no_reply'] as const;
export type WrapUpResult = (typeof WRAP_UP_RESULTS)[number];

export interface WrapUpForm {
  result: WrapUpResult;
  root_cause: string | null;
  category: string | null;
  note: string | null;
  follow_up: boolean;
}

export interface LabelChange {
  category?: string;
  nature?: string;
  priority?: Priority;
  reason?: string;
}

/** To one of both. */
export interface TransferTarget {
  agent_id: string | null;
  skill: string | null;
}

/** Order number and contact are as the customer told them where they are left out; null: none. */
export interface NewTicket {
  title: string | null;
  description: string | null;
  note: string | null;
  order_number?: string | null;
  contact?: string | null;
}

export interface QueueItem {
  conversation: ConversationSummary;
  position: number;
  waited_seconds: number;
  expected_wait_seconds: number | null;
  /** In words: why they stand where they stand. */
  reasons: string[];
}

/** Everybody who waits; at most 200 are listed. */
export interface QueueNow {
  items: QueueItem[];
  count: number;
  longest_wait_seconds: number;
  /** How far estimates were off; `within_half`: share that was off by half or less. */
  accuracy: { mean_error_seconds: number | null; within_half: number | null; count: number };
  watchdog: { kind: string; text: string; conversation_id: string }[];
}

/** A ticket as far as it is shown beside its conversation. */
export interface TicketBrief {
  number: string;
  title: string;
  priority: Priority;
  category: Labelled;
  state: string;
  deadline: RunningDeadline | null;
  created_at: string;
}

/** The customer as far as it is shown beside the conversation. */
export interface CustomerBrief {
  id: string;
  display_name: string;
  tier: string;
  verified_at: string | null;
  conversation_count: number;
  tickets: TicketBrief[];
  notes: { id: string; author: { display_name: string }; text: string; created_at: string }[];
  created_at: string;
}
