import type { EntryState, KnowledgeEntry } from '../../../../shared/api/knowledge';

/** Where an entry stands: what no release has learned waits, though its answer is published. */
export function standingOf({ state, learned }: KnowledgeEntry): EntryState | 'waiting' {
  return state === 'published' && learned === false ? 'waiting' : state;
}

/** The wording that a search found, when the standard question does not hold the words itself. */
export function wordingFound(entry: KnowledgeEntry, query: string): string | null {
  const words = query.trim().toLowerCase();
  const holds = (text: string): boolean => text.toLowerCase().includes(words);
  if (words === '' || holds(entry.question)) return null;
  return entry.questions.find(holds) ?? null;
}
