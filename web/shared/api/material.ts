/** What the bot is trained on (api/learning/material/schemas.py). */
import type { PersonRef } from '../api';

export type IntentKind = 'task' | 'feedback' | 'dialogue' | 'chitchat' | 'handoff' | 'out_of_scope';

export interface Intent {
  name: string;
  title: string;
  description: string;
  kind: IntentKind;
  /** It comes with the bot, which has a dialogue for it. */
  bundled: boolean;
  switchable: boolean;
  active: boolean;
  /** Its examples. */
  lines: number;
  /** Whether the next training learns it. */
  taken_in: boolean;
  version: number;
  updated_at: string;
}

export interface IntentList {
  items: Intent[];
  /** May be marked in examples: `[红色](product)`. */
  entities: string[];
  /** So many an intent of one's own needs to be learned. */
  least_examples: number;
}

/** Without a dialogue: answered with one of `texts`, or handed to a person. */
export interface NewIntent {
  name: string;
  title: string;
  description: string;
  kind: 'chitchat' | 'handoff';
  texts: string[];
  examples: string[];
}

export interface IntentChange {
  version: number;
  title?: string;
  description?: string;
  active?: boolean;
}

/** `human`: does it wish for a person? `triage`: a labelled request. */
export type LineKind = 'intent' | 'triage' | 'human' | 'word' | 'synonym';
export type LineSource = 'bundled' | 'staff' | 'review' | 'correction' | 'import';
export type FurtherLabels = Record<string, string | number>;

export interface LineLabel {
  label: string;
  title: string;
  lines: number;
}

export interface Line {
  id: string;
  kind: LineKind;
  label: string;
  text: string;
  labels: FurtherLabels;
  source: LineSource;
  state: 'active' | 'removed';
  created_at: string;
  removed_at: string | null;
}

export interface LinePage {
  items: Line[];
  next: string | null;
}

export interface LineFilter {
  kind: LineKind;
  label?: string;
  query?: string;
  state?: 'active' | 'removed';
}

/** With `move` a text is taken from the label it has now; else it is refused. */
export interface NewLines {
  kind: LineKind;
  label: string;
  texts: string[];
  labels?: FurtherLabels;
  move?: boolean;
}

export interface RefusedLine {
  index: number;
  text: string;
  code: string;
  message: string;
  /** What the text is learned as already: another label, or `faq/<key>`. */
  label: string | null;
  line_id: string | null;
}

export interface LinesAdded {
  added: Line[];
  known: Line[];
  refused: RefusedLine[];
}

/** What the bot says in a place of its dialogues; live with the next release. */
export interface BotText {
  key: string;
  group: string | null;
  /** One of them at a time. */
  texts: string[];
  /** Those that came with the bot. */
  bundled: string[];
  placeholders: string[];
  buttons: string[];
  changed: boolean;
  version: number;
  updated_at: string | null;
}

export type SubjectKind = 'knowledge' | 'intent' | 'line' | 'response';

export interface LearningChange {
  id: string;
  kind: SubjectKind;
  subject: string;
  action: string;
  changes: { field: string; before: unknown; after: unknown }[];
  after: Record<string, unknown>;
  by: PersonRef | null;
  created_at: string;
}

export interface LearningHistory {
  items: LearningChange[];
  next: string | null;
}
