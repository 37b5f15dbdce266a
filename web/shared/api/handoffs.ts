/** What an agent gets with a conversation that changes hands (triage/packet.py). */

import type { Author, MessageLabels, Sentiment } from '../api';

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
  /** How well it fits, 0–1; null: searched for by hand. */
  score: number | null;
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
  /** Earlier hops with the names of people as they were; since version 2. */
  hops?: { hop: number; source: string; target: string }[];
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

/** All hops, first to last; `now` is the packet of this moment, without a transcript. */
export interface Handoffs {
  items: Handoff[];
  now: HandoffPacket | null;
}
