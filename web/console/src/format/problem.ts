import { ApiError, Unreachable } from '../api/http';

type Translate = (key: string, named: Record<string, string>) => string;

/** What went wrong, in a sentence for the reader. */
export function problemText(problem: unknown, t: Translate): string {
  if (problem instanceof Unreachable) return t('problem.unreachable', {});
  if (problem instanceof ApiError && problem.message) return problem.message;
  return t('problem.unknown', {});
}

/** Is there nothing at an address: unknown, malformed, or not for the reader to see? */
export function isMissing(problem: unknown): boolean {
  return problem instanceof ApiError && (problem.status === 404 || problem.status === 422);
}

/**
 * The same, in the words of the page where it has some for the desk's reason: `prefix.reason`; the
 * numbers of the tickets it is about may stand in them, and the question of the entry that is in the
 * way.
 */
export function refusalText(
  problem: unknown,
  prefix: string,
  t: Translate,
  te: (key: string) => boolean,
): string {
  if (!(problem instanceof ApiError)) return problemText(problem, t);
  const key = `${prefix}.${String(problem.details['reason'] ?? problem.code)}`;
  const tickets = [problem.details['tickets'] ?? []].flat().join(', ');
  const [conflict] = [problem.details['conflicts'] ?? []].flat() as { question?: string }[];
  return te(key)
    ? t(key, { tickets, question: conflict?.question ?? '' })
    : problemText(problem, t);
}
