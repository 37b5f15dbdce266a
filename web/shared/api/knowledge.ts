/** The knowledge base (api/knowledge/schemas.py). */
import type { Button, Labelled, PersonRef } from '../api';

export type AnswerChannel = 'web' | 'wechat' | 'wechat_kf';
export type Variants = Partial<Record<AnswerChannel, string>>;

/** All that staff write of an entry; the answer is Markdown (shared/markup.ts). */
export interface EntryContent {
  category: string;
  question: string;
  /** Other wordings; their order means nothing. */
  questions: string[];
  answer: string;
  buttons: Button[];
  variants: Variants;
  /** The task of the bot that does what the entry explains. */
  task: string | null;
  valid_from: string | null;
  valid_to: string | null;
  owner_id: string | null;
  review_on: string | null;
  active: boolean;
}

export type EntryState = 'published' | 'off' | 'scheduled' | 'expired';
export type DraftState = 'draft' | 'in_review';

export interface DraftMark {
  state: DraftState;
  author: PersonRef | null;
  updated_at: string;
}

/** Customers are given entries whose `state` is `published`. */
export interface KnowledgeEntry extends Omit<EntryContent, 'category' | 'owner_id'> {
  key: string;
  category: Labelled;
  owner: PersonRef | null;
  state: EntryState;
  /** Whether the live release was trained with it; null: not known. */
  learned: boolean | null;
  draft: DraftMark | null;
  version: number;
  updated_at: string;
}

/** A new entry, or a change that customers are not answered from yet. */
export interface KnowledgeDraft {
  key: string;
  content: EntryContent;
  state: DraftState;
  source: 'staff' | 'cluster';
  author: PersonRef | null;
  /** The entry's version it was begun from; null for a new entry. */
  base_version: number | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface KnowledgeList {
  items: KnowledgeEntry[];
  /** On all pages. */
  total: number;
  /** Of entries that are not there yet; on the first page only. */
  drafts: KnowledgeDraft[];
  next: string | null;
}

export interface KnowledgeFilter {
  query?: string;
  category?: string;
  state?: EntryState | DraftState;
  due_for_review?: 'true';
}

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
  /** Of questions: which came and which went. */
  added: string[];
  removed: string[];
}

export interface EntryVersion {
  version: number;
  content: EntryContent;
  changes: FieldChange[];
  note: string | null;
  staff: PersonRef | null;
  created_at: string;
}

/** All there is under a key. */
export interface EntryPage {
  entry: KnowledgeEntry | null;
  draft: KnowledgeDraft | null;
  versions: EntryVersion[];
}

/** What is left out stays; `version` is the one that was read. */
export type KnowledgeChange = Partial<EntryContent> & { version?: number; note?: string };

/** `same` cannot be published, `near` is a warning. */
export interface SimilarEntry {
  key: string;
  question: string;
  /** The one of its questions that is most like it. */
  text: string;
  /** 0–1 */
  score: number;
  kind: 'same' | 'near' | 'alike';
}

export interface SimilarList {
  items: SimilarEntry[];
  /** False while the questions of an import are still read. */
  complete: boolean;
}

export type FileFormat = 'xlsx' | 'csv' | 'yaml';

export interface ImportProblem {
  /** As a spreadsheet counts (the head is 1); 0: the whole file. */
  row: number;
  column: string | null;
  code: string;
  level: 'error' | 'warning';
  message: string;
}

export interface ImportReport {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  problems: ImportProblem[];
  /** Problems that are not listed. */
  more: number;
  /** The file cannot be taken in. */
  refused: boolean;
}

export interface KnowledgeImport {
  id: string;
  filename: string;
  dry_run: boolean;
  state: 'queued' | 'running' | 'done' | 'failed';
  rows: number;
  done: number;
  report: ImportReport | null;
  created_at: string;
  ended_at: string | null;
}
