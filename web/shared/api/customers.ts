/** Customers (`api/customers`). */
import type { ConversationState, Labelled, PersonRef } from '../api';
import type { TicketSummary } from './tickets';

export const SEALED_FIELDS = ['phone', 'email', 'id_number', 'card_number'] as const;
/** Personal data that is kept sealed and shown masked. */
export type SealedField = (typeof SEALED_FIELDS)[number];

export const TIERS = ['standard', 'vip'] as const;
export type Tier = (typeof TIERS)[number];

export const PROOFS = ['shop_customer', 'phone'] as const;
/** What proves that two records are one person. */
export type Proof = (typeof PROOFS)[number];

export interface CustomerLine {
  id: string;
  display_name: string;
  tier: Tier;
  language: string;
  masked: Record<SealedField, string | null>;
  verified_at: string | null;
  /** When everything that names them was deleted on request. */
  erased_at: string | null;
  created_at: string;
}

export interface CustomerList {
  items: CustomerLine[];
  next: string | null;
}

export interface CustomerIdentity {
  channel: string;
  external_id_masked: string;
  proof: string | null;
  verified_at: string | null;
}

export interface EarlierRating {
  rating: number | null;
  nps: number | null;
  comment: string | null;
  rated_at: string | null;
}

export interface PastConversation {
  id: string;
  channel: string;
  state: ConversationState;
  category: Labelled | null;
  created_at: string;
  rating: number | null;
  /** Of the matters before the present one, the newest first. */
  earlier_ratings: EarlierRating[];
}

export interface CustomerNote {
  id: string;
  author: PersonRef;
  text: string;
  created_at: string;
}

export interface MergedCustomer {
  id: string;
  display_name: string;
  merge_id: string;
}

export interface CustomerRecord extends CustomerLine {
  preferences: Record<string, string>;
  identities: CustomerIdentity[];
  /** The last 20. */
  conversations: PastConversation[];
  conversation_count: number;
  /** The last 20 that the reader may see. */
  tickets: TicketSummary[];
  open_tickets: number;
  notes: CustomerNote[];
  merged: MergedCustomer[];
  version: number;
}

/** What is left out stays; an empty sealed field is removed. */
export interface CustomerChange {
  display_name?: string;
  tier?: Tier;
  language?: 'zh' | 'en';
  preferences?: Record<string, string>;
  phone?: string | null;
  email?: string | null;
  id_number?: string | null;
  card_number?: string | null;
}

export interface MergeWish {
  source_id: string;
  proof: Proof;
  reason: string;
}

export interface ErasureWish {
  reason: string;
  /** The customer's name, typed by whoever erases. */
  confirm: string;
}

export interface Erasure {
  customer: CustomerRecord;
  /** Lines that were learned of the customer's words and are taken out. */
  lines: number;
  /** Releases whose models know such words until others are trained. */
  releases: number[];
}
