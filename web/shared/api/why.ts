/** Why something was said, and what a release would make of a text (`api/learning/why`). */
import type { MessageLabels } from '../api';

/** A word as the models cut it; `start` and `end` are places in the text. */
export interface Token {
  text: string;
  start: number;
  end: number;
}

export interface IntentGuess {
  name: string;
  title: string;
  confidence: number;
}

/** `score` is 0–1; null where none was reckoned. */
export interface EntryScore {
  key: string;
  question: string;
  score: number | null;
}

export interface NamedThing {
  entity: string;
  title: string;
  value: string;
  start: number | null;
  end: number | null;
}

/** A rule that fired; `kind` is `handoff`, `priority` or `turn`. */
export interface Rule {
  kind: string;
  code: string | null;
  text: string;
}

/** What a release made of a text; `intents` begins with the one it went by. */
export interface Explained {
  text: string;
  release: number | null;
  tokens: Token[];
  intents: IntentGuess[];
  faq: EntryScore[];
  entities: NamedThing[];
  labels: MessageLabels | null;
  answers: EntryScore[];
  suggestions: EntryScore[];
  rules: Rule[];
  outcome: string | null;
}

/** … of a message; `pieces` are the messages that were understood together, by `seq`. */
export interface Why extends Explained {
  message_id: string;
  seq: number;
  pieces: number[];
}

/** … of a text that is tried; `wants_person` is how probable a wish for a person is. */
export interface Tried extends Explained {
  release: number;
  wants_person: number | null;
}
