import type { Found } from '../../../../shared/api/shell';
import type { Piece } from '../../format/evidence';

export type Group = 'page' | 'action' | Found['kind'];

/** Something that can be chosen in the palette. */
export interface Command {
  id: string;
  group: Group;
  title: string;
  /** What else it is found by, in small letters. */
  words: string;
  snippet?: Piece[];
  moment?: string;
  run(): void;
}

/** Commands that fit every word of `query`, the best first; all of them for an empty one. */
export function matching(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter((each) => each.score !== null)
    .sort((one, other) => (one.score ?? 0) - (other.score ?? 0))
    .map((each) => each.command);
}

/** Smaller is better; null: no match. */
function scoreOf({ title, words: known }: Command, words: readonly string[]): number | null {
  const name = title.toLowerCase();
  let score = 0;
  for (const word of words) {
    if (name.startsWith(word)) continue;
    if (name.includes(word)) score += 1;
    else if (known.split(' ').some((each) => each.startsWith(word))) score += 2;
    else return null;
  }
  return score;
}

const OPEN = '\u0002';
const CLOSE = '\u0003';
const MARK = new RegExp(`([${OPEN}${CLOSE}])`);

/** Cuts a snippet of the search at its marks; marks without a partner are dropped. */
export function piecesOf(snippet: string): Piece[] {
  const pieces: Piece[] = [];
  let marked = false;
  for (const part of snippet.split(MARK)) {
    if (part === OPEN) marked = true;
    else if (part === CLOSE) marked = false;
    else if (part !== '') pieces.push({ text: part, marked });
  }
  return pieces;
}

/** The page that shows something the search has found. */
export function pageOf({ kind, id, conversation_id, number }: Found): string {
  switch (kind) {
    case 'conversation':
      return `/desk/open/${conversation_id ?? id}`;
    case 'ticket':
      return `/tickets/${encodeURIComponent(number ?? id)}`;
    case 'customer':
      return `/customers/${id}`;
    case 'knowledge':
      return `/knowledge/${encodeURIComponent(id)}`;
  }
}
