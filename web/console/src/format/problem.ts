import { ApiError, Unreachable } from '../api/http';

type Translate = (key: string) => string;

/** What went wrong, in a sentence for the reader. */
export function problemText(problem: unknown, t: Translate): string {
  if (problem instanceof Unreachable) return t('problem.unreachable');
  if (problem instanceof ApiError && problem.message) return problem.message;
  return t('problem.unknown');
}
