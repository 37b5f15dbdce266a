const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Milliseconds before the next attempt: doubles each time, and half of it is left to chance. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random();
}
