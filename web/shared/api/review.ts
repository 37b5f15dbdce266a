/** Messages worth a look and clusters of unknown questions (`api/learning/review`). */
import type { Labelled, MessageLabels, PersonRef } from '../api';

export type LabelKind = 'faq' | 'intent' | 'out_of_scope' | 'human';

/** What a message is; `key` names the entry or the intent. */
export interface ReviewLabel {
  kind: LabelKind;
  key: string;
}

export interface ReviewChoice extends ReviewLabel {
  title: string;
  /** 0–1 where one was reckoned. */
  confidence: number | null;
}

export type ReviewState = 'open' | 'done' | 'skipped';

export interface ReviewItem {
  message_id: string;
  conversation_id: string;
  seq: number;
  /** Masked. */
  text: string;
  at: string;
  /** 0–1. */
  value: number;
  /** The weightiest first. */
  reasons: { code: string; text: string }[];
  state: ReviewState;
  outcome: string | null;
  release: number | null;
  /** What the desk went by. */
  guess: ReviewChoice | null;
  /** The runners-up, the likeliest first. */
  choices: ReviewChoice[];
  /** What was said last before it. */
  before: { seq: number; author: string; text: string }[];
  /** What the customer was told. */
  answers: string[];
  /** Questions that were offered to the customer under it. */
  suggestions: string[];
  /** What was said next. */
  after: { seq: number; author: string; text: string }[];
  labels: MessageLabels | null;
  /** Labels that an agent corrected, to be learned as `triage`. */
  corrected: { target: string; said: Labelled | null; corrected: Labelled }[];
  cluster_id: string | null;
  /** So many open messages are like it. */
  alike: number;
  decided: {
    decision: string;
    label: ReviewChoice | null;
    /** The entry had these words already. */
    known: boolean;
    triage: Record<string, string>;
    by: PersonRef | null;
    at: string | null;
  } | null;
}

export interface ReviewPage {
  items: ReviewItem[];
  next: string | null;
  /** All that wait for a look, and how many of them for each reason. */
  open: number;
  reasons: Record<string, number>;
  /** What the reader has decided since midnight at the desk. */
  done_today: number;
}

export interface Decision {
  decision: 'right' | 'wrong' | 'skip';
  label?: ReviewLabel;
  triage?: Record<string, string>;
}

/** `score` is 0.85–1. */
export interface AlikeItem {
  item: ReviewItem;
  score: number;
}

export interface BulkResult {
  message_id: string;
  done: boolean;
  code: string | null;
  message: string | null;
}

export interface Cluster {
  id: string;
  title: string;
  terms: string[];
  size: number;
  state: 'open' | 'proposed' | 'dismissed';
  category: Labelled;
  messages: { message_id: string; text: string }[];
  draft_key: string | null;
  updated_at: string;
}

/** The biggest first. */
export interface ClusterList {
  items: Cluster[];
  /** When new messages were looked at last: then they were made. */
  looked_at: string | null;
  /** Open messages that were not understood, which they are made of. */
  unknown: number;
  /** The smallest cluster has so many messages. */
  least: number;
}

/** The draft that a cluster became. */
export interface Proposed {
  key: string;
  question: string;
  questions: string[];
  version: number;
}
