import type { LineKind } from '../../../../shared/api/material';

/** Pages of the material, as they stand in the address. */
export const SECTIONS = [
  'intents',
  'words',
  'synonyms',
  'responses',
  'requests',
  'humans',
  'history',
] as const;
export type Section = (typeof SECTIONS)[number];

/** The lines that a section is about. */
export const KIND_OF: Partial<Record<Section, LineKind>> = {
  intents: 'intent',
  words: 'word',
  synonyms: 'synonym',
  requests: 'triage',
  humans: 'human',
};

const SECTION_OF: Record<LineKind, Section> = {
  intent: 'intents',
  word: 'words',
  synonym: 'synonyms',
  triage: 'requests',
  human: 'humans',
};

/** Labels that lines may get though none has them yet. */
export const FIXED: Partial<Record<LineKind, readonly string[]>> = {
  word: ['product', 'n', 'nz', 'v', 'a', 'l'],
  human: ['1', '0'],
};

/** The six things a request is labelled with; the category is the label of the line. */
export const FURTHER = {
  nature: ['consult', 'help', 'complaint', 'report', 'suggestion', 'praise'],
  impact: ['1', '2', '3', '4'],
  urgency: ['1', '2', '3', '4'],
  sentiment: ['negative', 'neutral', 'positive'],
  anger: ['0', '1'],
} as const;
export type Further = keyof typeof FURTHER;

/** The page on which a text is learned already: `faq/<key>`, or another label of the kind. */
export function placeOf(kind: LineKind, label: string): string {
  const entry = /^faq\/(.+)$/.exec(label)?.[1];
  if (entry) return `/knowledge/${encodeURIComponent(entry)}`;
  return addressOf(SECTION_OF[kind], label);
}

export function addressOf(section: Section, label = ''): string {
  return `/material/${section}${label && `/${encodeURIComponent(label)}`}`;
}

/** A line in pieces: what is marked as an entity stands out. */
export function marksOf(text: string): { text: string; entity: string | null }[] {
  const pieces: { text: string; entity: string | null }[] = [];
  let done = 0;
  for (const match of text.matchAll(/\[([^[\]()]+)\]\(([a-z][a-z_]*)\)/g)) {
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), entity: null });
    pieces.push({ text: match[1] ?? '', entity: match[2] ?? null });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), entity: null });
  return pieces;
}
