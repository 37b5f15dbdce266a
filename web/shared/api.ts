/**
 * What the api says, in types (docs/architecture.md §2 and §3).
 *
 * Kept by hand until `npm run types` can read docs/openapi.json.
 */

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
  created_at: string;
}

// --- visitor API ---------------------------------------------------------------------------------

export interface VisitorConversation {
  id: string;
  state: ConversationState;
  agent_name: string | null;
  queue_position: number | null;
  expected_wait_seconds: number | null;
  agent_read_seq: number;
  rating: number | null;
}

export interface VisitorSession {
  token: string;
  conversation_id: string;
}

export interface VisitorMessages {
  messages: Message[];
  next: number;
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
  | { type: 'message'; text: string; client_id: string }
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
}

export interface Labelled {
  key: string;
  name: string;
}

export interface PersonRef {
  id: string;
  display_name: string;
}

export type View = 'queue' | 'mine' | 'open' | 'closed';

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
  updated_at: string;
}

export interface ConversationDetail extends ConversationSummary {
  handoff_count: number;
  rating: number | null;
  responsible: PersonRef | null;
  created_at: string;
  closed_at: string | null;
}

export interface ConversationList {
  items: ConversationSummary[];
  counts: Record<View, number>;
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
  release: number | null;
}

export interface StaffMessage extends Message {
  suppressed: boolean;
  turn: Turn | null;
  labels: MessageLabels | null;
}

export interface StaffMessages {
  messages: StaffMessage[];
  next: number;
}

export interface IntentGuess {
  name: string;
  title: string;
  confidence: number;
}

export interface Slot {
  name: string;
  title: string;
  value: string;
}

export interface Tried {
  kind: 'answer' | 'suggestions';
  key: string;
  question: string;
  answer: string;
  seq: number;
  rejected: boolean;
}

export interface OpenTicket {
  number: string;
  category: string;
  state: string;
}

export interface Deadline {
  kind: string;
  title: string;
  due_at: string;
}

export interface SuggestedAnswer {
  key: string;
  question: string;
  answer: string;
  score: number;
}

export interface Mood {
  seq: number;
  sentiment: Sentiment;
  anger: boolean;
}

export interface PacketCustomer {
  id: string;
  display_name: string;
  tier: string;
  channel: string;
  conversations: number;
  open_tickets: OpenTicket[];
}

/** Everything an agent gets at a hop. `version` grows when a field changes its meaning. */
export interface HandoffPacket {
  version: number;
  reason: { code: string; text: string };
  summary: string;
  transcript: { seq: number; author: Author; text: string; created_at: string }[];
  intent: (IntentGuess & { alternatives: IntentGuess[] }) | null;
  slots: Slot[];
  tried: Tried[];
  labels: MessageLabels | null;
  sentiment: { current: Sentiment; anger: boolean; trend: Mood[] };
  customer: PacketCustomer;
  deadlines: Deadline[];
  suggested_answers: SuggestedAnswer[];
}

export interface Handoff {
  id: string;
  conversation_id: string;
  hop: number;
  from_owner: string;
  to_owner: string;
  reason: string;
  note: string | null;
  created_at: string;
  packet: HandoffPacket;
}

export interface Ticket {
  number: string;
  kind?: string;
  conversation_id: string | null;
  customer: PersonRef;
  description: string;
  order_number: string | null;
  contact: string | null;
  category: Labelled;
  nature: Labelled;
  priority: Priority;
  state: string;
  created_at: string;
  first_response_due_at: string | null;
  resolution_due_at: string | null;
}

export interface Customer {
  id: string;
  display_name: string;
  tier: string;
  channel: string;
  conversations: number;
  open_tickets: OpenTicket[];
  created_at: string;
}

export interface KnowledgeEntry {
  key: string;
  category: Labelled;
  question: string;
  answer: string;
  questions: string[];
  /** The task of the bot that does what the entry explains. */
  task: string | null;
  active: boolean;
  version: number;
  updated_at: string;
}

export interface KnowledgeChange {
  answer: string;
  question?: string;
  active?: boolean;
  /** The version that was read; the desk refuses to overwrite a newer one. */
  version?: number;
}

export type ReleaseState = 'live' | 'retired' | 'candidate';

export interface Release {
  number: number;
  state: ReleaseState;
  created_at: string;
  promoted_at?: string | null;
  data_hash: string;
  evaluation: Record<string, unknown>;
}

export type AgentServerFrame =
  | { type: 'ready'; user: User }
  | { type: 'conversation'; conversation: ConversationSummary }
  | { type: 'message'; conversation_id: string; message: StaffMessage }
  | { type: 'typing'; conversation_id: string; author: Author }
  | { type: 'refresh' }
  | { type: 'pong' };
