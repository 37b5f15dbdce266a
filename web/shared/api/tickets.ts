/** Tickets (`api/tickets`). */
import type {
  Attachment,
  Labelled,
  MessageLabels,
  PersonRef,
  Priority,
  RunningDeadline,
} from '../api';

export const TICKET_VIEWS = ['mine', 'team', 'unassigned', 'breaching', 'watching', 'all'] as const;
export type TicketView = (typeof TICKET_VIEWS)[number];

export const TICKET_STATES = [
  'open',
  'pending_customer',
  'pending_third_party',
  'reopened',
  'resolved',
  'closed',
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export const TICKET_KINDS = [
  'request',
  'complaint',
  'repair',
  'feedback',
  'call_back',
  'privacy',
] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

export const LINK_KINDS = ['relates', 'duplicates', 'caused_by'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export const MOST_WHYS = 5;

/** What a list of tickets is narrowed to. */
export interface TicketFilter {
  state?: TicketState;
  priority?: Priority;
  category?: string;
  nature?: string;
  q?: string;
  tag?: string;
  customer_id?: string;
  conversation_id?: string;
}

export interface TicketSummary {
  number: string;
  title: string;
  kind: string;
  source: string;
  customer: PersonRef & { tier: string };
  conversation_id: string | null;
  category: Labelled;
  nature: Labelled;
  priority: Priority;
  state: TicketState;
  assignee: PersonRef | null;
  team: { id: string; name: string } | null;
  tags: string[];
  /** The same customer complained about the same before. */
  repeated: boolean;
  deadline: RunningDeadline | null;
  first_response_due_at: string;
  resolution_due_at: string;
  created_at: string;
  updated_at: string;
  version: number;
}

export interface TicketDeadline {
  kind: string;
  title: string;
  due_at: string | null;
  warn_at: string | null;
  met_at: string | null;
  breached_at: string | null;
  paused: boolean;
  priority: Priority | null;
}

export interface ComplaintStep {
  step: string;
  name: string;
  due_at: string | null;
  done_at: string | null;
  done_by: PersonRef | null;
  result: string | null;
}

/** A note among staff or, when `public`, an answer; without author it is the customer's. */
export interface TicketNote {
  id: string;
  author: PersonRef | null;
  public: boolean;
  text: string;
  /** Whether numbers of the customer are hidden in `text`. */
  masked: boolean;
  mentions: string[];
  created_at: string;
}

export interface ChecklistItem {
  id: string;
  text: string;
  done_at: string | null;
  done_by: PersonRef | null;
}

export interface RelatedTicket {
  number: string;
  title: string;
  state: TicketState;
}

export interface TicketLink extends RelatedTicket {
  kind: LinkKind | 'duplicated_by' | 'causes';
}

export interface TicketDetail extends TicketSummary {
  id: string;
  /** Phone, ID and card numbers in it are masked. */
  description: string;
  order_number: string | null;
  contact_masked: string | null;
  impact: number;
  urgency: number;
  labels: MessageLabels | null;
  root_cause: string[];
  result: string | null;
  first_response_at: string | null;
  resolved_at: string | null;
  closed_at: string | null;
  deadlines: TicketDeadline[];
  complaint_steps: ComplaintStep[];
  notes: TicketNote[];
  watchers: PersonRef[];
  checklist: ChecklistItem[];
  links: TicketLink[];
  parent: RelatedTicket | null;
  children: RelatedTicket[];
  merged_into: string | null;
  merged: string[];
  attachments: Attachment[];
  allowed_states: TicketState[];
  status_url: string;
}

/** What is masked elsewhere, in full. */
export interface RevealedTicket {
  contact: string | null;
  description: string;
}

export type TicketCounts = Record<TicketView, number>;

export interface TicketList {
  items: TicketSummary[];
  /** With the first page only. */
  counts: TicketCounts | null;
  next: string | null;
}

/** Fields that may be changed together; what is left out stays. */
export interface TicketFields {
  title?: string;
  description?: string;
  category?: string;
  nature?: string;
  impact?: number;
  urgency?: number;
  priority?: Priority;
  order_number?: string | null;
  contact?: string | null;
  assignee_id?: string | null;
  team_id?: string | null;
  tags?: string[];
  root_cause?: string[];
  result?: string | null;
}

export interface StateMove {
  state: TicketState;
  result?: string;
  reason?: string;
  /** A supervisor closes a parent before its children. */
  force?: boolean;
}

/** For exactly one of a customer, a conversation, and somebody new. */
/** What the customer has told for a ticket of the conversation. */
export interface TicketTold {
  order_number: string | null;
  contact_masked: string | null;
}

export interface TicketDraft {
  customer_id?: string;
  conversation_id?: string;
  customer?: { display_name: string };
  client_id: string;
  kind: TicketKind;
  title?: string;
  description: string;
  category?: string;
  nature?: string;
  impact?: number;
  urgency?: number;
  /** Left out, both are as the conversation tells; null: none. */
  order_number?: string | null;
  contact?: string | null;
  assignee_id?: string;
  team_id?: string;
  tags: string[];
}

export interface TicketEvent {
  id: string;
  kind: string;
  /** None: the customer or the desk itself. */
  author: PersonRef | null;
  data: Record<string, unknown>;
  created_at: string;
}

export interface SavedTicketView {
  id: string;
  place: 'tickets';
  name: string;
  filter: TicketFilter & { view?: TicketView };
}
