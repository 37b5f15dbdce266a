/** One row of an evaluation: where it stands (`triage`, `category`) and its figures. */
export interface FigureRow {
  path: string[];
  figures: Record<string, number>;
}

/** Per-label detail is too long for a table of releases. */
const LEFT_OUT = new Set(['labels']);

/** Rows of an evaluation of any shape: every object with numbers in it is a row. */
export function figureRows(
  evaluation: Record<string, unknown>,
  path: readonly string[] = [],
): FigureRow[] {
  const figures: Record<string, number> = {};
  const below: FigureRow[] = [];
  for (const [key, value] of Object.entries(evaluation)) {
    if (typeof value === 'number') figures[key] = value;
    else if (isObject(value) && !LEFT_OUT.has(key))
      below.push(...figureRows(value, [...path, key]));
  }
  const own = Object.keys(figures).length > 0 ? [{ path: [...path], figures }] : [];
  return [...own, ...below];
}

/** A share as percent with one decimal, a count with separators. */
export function figure(key: string, value: number, locale: string): string {
  if (isShare(key, value)) {
    return value.toLocaleString(locale, {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
  }
  return value.toLocaleString(locale, { maximumFractionDigits: 1 });
}

/** Change in percentage points, `null` where there is nothing to compare or no share. */
export function change(key: string, value: number, before: number | undefined): number | null {
  if (before === undefined || !isShare(key, value) || !isShare(key, before)) return null;
  const points = Math.round((value - before) * 1000) / 10;
  return points === 0 ? null : points;
}

const COUNTS = /^(rows|examples|support|count|n|seconds|.*_seconds|.*_ms)$/;

function isShare(key: string, value: number): boolean {
  return !COUNTS.test(key) && value >= 0 && value <= 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
