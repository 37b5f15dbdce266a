/** How much of a part was right in the evaluation of a release. */
export interface PartFigure {
  part: string;
  rows: number;
  /** 0–1 */
  accuracy: number;
}

/** What a release is judged by first; the others follow. */
export const FIRST_PARTS = ['faq', 'intent', 'human', 'category', 'priority'] as const;

/** The parts in the order in which they are read. */
export function inOrder<T extends { part: string }>(parts: readonly T[]): T[] {
  const place = ({ part }: T): number => {
    const at = (FIRST_PARTS as readonly string[]).indexOf(part);
    return at < 0 ? FIRST_PARTS.length : at;
  };
  return [...parts].sort((one, other) => place(one) - place(other));
}

const NOT_HELD_OUT = 'cross_validation';

/** Accuracy by part over all held-out sets of an evaluation, weighted by their lines. */
export function partFigures(evaluation: Record<string, unknown>): PartFigure[] {
  const found = new Map<string, { rows: number; right: number }>();
  for (const [name, set] of Object.entries(evaluation)) {
    if (name === NOT_HELD_OUT || !isObject(set)) continue;
    for (const [part, scores] of Object.entries(set)) {
      if (!isObject(scores)) continue;
      const { rows, accuracy } = scores;
      if (typeof rows !== 'number' || typeof accuracy !== 'number') continue;
      const sum = found.get(part) ?? { rows: 0, right: 0 };
      found.set(part, { rows: sum.rows + rows, right: sum.right + rows * accuracy });
    }
  }
  const figures = [...found]
    .filter(([, { rows }]) => rows > 0)
    .map(([part, { rows, right }]) => ({ part, rows, accuracy: right / rows }));
  return inOrder(figures);
}

/** How many lines of each kind a release learned from, the kinds it knows in a fixed order. */
export function lineCounts(counts: Record<string, unknown>): [kind: string, count: number][] {
  return Object.entries(counts).filter(
    (each): each is [string, number] => typeof each[1] === 'number' && each[1] > 0,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
