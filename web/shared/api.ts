/**
 * What the api says, in types (docs/architecture.md §2 and §3).
 *
 * Written by hand, held against docs/openapi.json by contract.ts.
 */

import type { Alert } from './api/alerts';
import type { Delivery, Reach, Undelivered } from './api/reach';
import type { Notification } from './api/shell';
import type { Run } from './api/training';

export type * from './api/handoffs';
export type { KnowledgeChange, KnowledgeEntry } from './api/knowledge';

export type Author = 'customer' | 'bot' | 'agent' | 'system';
export type MessageKind = 'text' | 'suggestions' | 'notice';
export type ConversationState = 'bot' | 'queued' | 'active' | 'wrap_up' | 'ticketed' | 'closed';
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';
export type Sentiment = 'positive' | 'neutral' | 'negative';
export type Role = 'agent' | 'supervisor' | 'admin';

/** `{"error": …}` of every refused request. */
export interface ApiErrorBody {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

export interface Button {
  title: string;
  text: string;
}

/** A file; `size` in bytes. */
export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

/** The message that another one answers to. */
export interface Quote {
  seq: number;
  author: Author;
  author_name: string | null;
  text: string;
}

export interface Message {
  id: string;
  seq: number;
  author: Author;
  kind: MessageKind;
  text: string;
  buttons: Button[];
  client_id: string | null;
  reply_to: string | null;
  author_name: string | null;
  quote: Quote | null;
  attachments: Attachment[];
  /** Taken back; `text` says so, nothing else is left. */
  recalled: boolean;
  created_at: string;
}

// --- visitor API ---------------------------------------------------------------------------------

export interface VisitorConversation {
  id: string;
  state: ConversationState;
  agent_name: string | null;
  queue_position: number | null;
  expected_wait_seconds: number | null;
  /** When people are back, for who waits out of hours. */
  opens_at: string | null;
  agent_read_seq: number;
  rating: number | null;
  nps: number | null;
  /** The survey was answered; it is asked once. */
  rated: boolean;
  /** It is to be asked now: the conversation has ended, and somebody answered something. */
  rateable: boolean;
  /** Names of the accounts on WeChat where a join code goes on with it; none once joined. */
  wechat_accounts: string[];
  /** WeChat leads here too. */
  joined: boolean;
}

export interface VisitorSession {
  token: string;
  conversation_id: string;
}

export interface VisitorMessages {
  messages: Message[];
  next: number;
  /** All messages of the conversation that were taken back. */
  recalled: number[];
  conversation: VisitorConversation;
  pending: string[];
}

export interface MessageAccepted {
  id: string;
  seq: number;
  client_id: string;
  duplicate: boolean;
}

export type VisitorServerFrame =
  | ({ type: 'ready' } & VisitorMessages)
  | ({ type: 'accepted' } & MessageAccepted)
  | { type: 'message'; message: Message }
  | { type: 'handled'; message_id: string; outcome: string | null }
  | { type: 'typing'; author: Author }
  | { type: 'conversation'; conversation: VisitorConversation }
  | { type: 'error'; error: ApiErrorBody; client_id?: string | null }
  | { type: 'pong' };

export type VisitorClientFrame =
  | { type: 'auth'; token: string; after: number }
  | { type: 'message'; text: string; client_id: string; attachment_ids?: string[] }
  | { type: 'typing' }
  | { type: 'read'; seq: number }
  | { type: 'ping' };

// --- staff API -----------------------------------------------------------------------------------

export interface User {
  id: string;
  username: string;
  display_name: string;
  role: Role;
}

export interface StaffSession {
  user: User;
  csrf_token: string;
  /** Of the desk's calendar, e.g. `Asia/Shanghai`. */
  time_zone: string;
}

export interface Labelled {
  key: string;
  name: string;
}

export interface PersonRef {
  id: string;
  display_name: string;
}

export type View =
  'queue' | 'mine' | 'team' | 'unassigned' | 'open' | 'breaching' | 'mentioned' | 'closed';

/** The deadline that is due first; without times while it pauses. */
export interface RunningDeadline {
  kind: string;
  due_at: string | null;
  warn_at: string | null;
  breached: boolean;
  paused: boolean;
}

export interface ConversationSummary {
  id: string;
  state: ConversationState;
  channel: string;
  customer: PersonRef & { tier: string };
  owner: PersonRef | null;
  priority: Priority | null;
  category: Labelled | null;
  sentiment: Sentiment | null;
  anger: boolean;
  last_message: { author: Author; text: string; created_at: string } | null;
  unread: number;
  queued_at: string | null;
  first_response_due_at: string | null;
  language: string;
  tags: string[];
  deadline: RunningDeadline | null;
  /** Whom a waiting conversation was passed on to. */
  wanted: { agent: PersonRef | null; skill: Labelled | null } | null;
  /** How many staff look at it. */
  viewers: number;
  updated_at: string;
}

export interface ConversationDetail extends ConversationSummary {
  handoff_count: number;
  /** The customer has seen everything up to there. */
  customer_read_seq: number;
  rating: number | null;
  nps: number | null;
  rating_comment: string | null;
  responsible: PersonRef | null;
  /** How far the customer can still be written to; null where nothing limits it. */
  reach?: Reach | null;
  created_at: string;
  closed_at: string | null;
}

export interface ConversationList {
  items: ConversationSummary[];
  counts: Record<View, number>;
  /** Cursor of the next page. */
  next: string | null;
}

export interface Label extends Labelled {
  confidence: number;
  evidence: string[];
}

export interface MessageLabels {
  category: Label;
  nature: Label;
  impact: Label;
  urgency: Label;
  sentiment: Label;
  priority: { key: Priority; name: string; confidence?: number; reasons: string[] };
  anger: { flag: boolean; confidence: number; evidence: string[] };
}

export interface Turn {
  outcome: string | null;
  intent: { name: string; confidence: number } | null;
  /** The question it was answered with or the intent, in words; 0–1. */
  meant: { title: string; confidence: number } | null;
  release: number | null;
}

export interface StaffMessage extends Message {
  /** The member of staff who wrote it; null for everybody else. */
  author_id: string | null;
  suppressed: boolean;
  /** A note among staff; customers never see it. */
  private: boolean;
  /** Staff who were called to the note. */
  mentions: string[];
  /** Phone, ID or card numbers in `text` are hidden. */
  masked: boolean;
  turn: Turn | null;
  labels: MessageLabels | null;
  /** None where the customer's page asks for the message itself. */
  delivery?: Delivery | null;
}

export interface StaffMessages {
  messages: StaffMessage[];
  next: number;
  /** All messages of the conversation that were taken back. */
  recalled: number[];
  /** All messages that have not surely reached a customer elsewhere. */
  undelivered?: Undelivered[];
}

export type Presence = 'online' | 'busy' | 'break' | 'offline';

/** A member of staff; `load` counts the conversations at hand. */
export interface Agent {
  id: string;
  username: string;
  display_name: string;
  role: Role;
  active: boolean;
  team: { id: string; name: string } | null;
  presence: Presence;
  /** `offline` without a sign of life, whatever was chosen. */
  effective_presence: Presence;
  presence_since: string | null;
  capacity: number;
  load: number;
  skills: { category: Labelled; level: number }[];
  languages: string[];
  channels: string[];
  email: string | null;
}

/** Somebody of the staff who looks at a conversation. */
export interface Viewer extends PersonRef {
  typing: boolean;
}

export type AgentServerFrame =
  | { type: 'ready'; user: User }
  /** `changed`: old messages that are not as they were, by `seq`. */
  | { type: 'conversation'; conversation: ConversationSummary; changed: number[] }
  /** It is another team's now. */
  | { type: 'gone'; conversation_id: string }
  | { type: 'typing'; conversation_id: string; author: Author }
  /** The customer has seen everything up to `seq`. */
  | { type: 'read'; conversation_id: string; seq: number }
  | { type: 'viewers'; conversation_id: string; viewers: Viewer[] }
  | { type: 'presence'; agent: Agent }
  | { type: 'notification'; notification: Notification }
  | { type: 'alert'; alert: Alert }
  | { type: 'training'; run: Run }
  | { type: 'ticket'; number: string }
  | { type: 'wall' }
  /** How far an import of the knowledge base is. */
  | { type: 'import'; id: string; done: number; rows: number }
  | { type: 'refresh' }
  | { type: 'pong' };
