import type { LearningChange } from '../../../../shared/api/material';
import { addressOf } from './sections';

/** What a change is about, and the page on which it stands; '' where there is none. */
export function subjectOf(change: LearningChange): { text: string; to: string } {
  const { kind, subject, after, changes } = change;
  switch (kind) {
    case 'knowledge': {
      const question = after['question'];
      const text = typeof question === 'string' ? question : subject;
      return { text, to: `/knowledge/${encodeURIComponent(subject)}` };
    }
    case 'intent':
      return { text: String(after['title'] ?? subject), to: addressOf('intents', subject) };
    case 'response':
      return { text: subject, to: addressOf('responses', subject) };
    default: {
      const before = changes.find(({ field }) => field === 'text')?.before;
      return { text: String(after['text'] ?? before ?? subject), to: '' };
    }
  }
}

export interface ShownField {
  name: string;
  before: string;
  after: string;
}

/** A long list of questions would bury the rest. */
const LONGEST = 160;

/** What was before and after; the text of a line stands as its subject already. */
export function shownFields({ kind, changes }: LearningChange): ShownField[] {
  const told = kind === 'line' ? ['text', 'kind'] : [];
  return changes
    .filter(({ field }) => !told.includes(field))
    .map(({ field, before, after }) => ({ name: field, before: said(before), after: said(after) }))
    .filter(({ before, after }) => before !== '' || after !== '');
}

function said(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return cut(value.map(said).join('、'));
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, each]) => `${key}: ${said(each)}`);
    return cut(pairs.join('，'));
  }
  return cut(String(value));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
