import type { Compared, Part, Proof, Verdict } from '../../../shared/api/training';

/** The whole proof in one sentence: which one, and the parts that stand in it. */
export interface Summary {
  tone: 'good' | 'bad' | 'plain';
  /** Under `proof.verdict`. */
  text: 'nothing' | 'blocked' | 'better' | 'mixed' | 'same';
  better: string[];
  worse: string[];
}

/** What the gate says comes first, then what has changed for sure. */
export function summaryOf(proof: Proof): Summary {
  const of = (verdict: string): string[] =>
    proof.parts.filter((each) => each.overall.verdict === verdict).map((each) => each.part);
  const better = of('better');
  const worse = of('worse');
  if (proof.gate.reasons.some((each) => each.code === 'nothing_compared')) {
    return { tone: 'bad', text: 'nothing', better, worse: [] };
  }
  if (!proof.gate.passed) {
    const against = proof.gate.reasons.map((each) => each.subject);
    return { tone: 'bad', text: 'blocked', better, worse: [...new Set(against)] };
  }
  if (worse.length > 0) return { tone: 'plain', text: 'mixed', better, worse };
  return better.length > 0
    ? { tone: 'good', text: 'better', better, worse }
    : { tone: 'plain', text: 'same', better, worse };
}

/** Half the width of the picture of intervals, as a share: the widest one fits, 0.02 at least. */
export function scaleOf(rows: readonly Compared[]): number {
  const ends = rows.flatMap((row) => [
    Math.abs(row.difference.low),
    Math.abs(row.difference.high),
    Math.abs(row.after - row.before),
  ]);
  return Math.max(0.02, ...ends);
}

/** Where a difference stands in such a picture, in percent of its width. */
export function placeOf(difference: number, scale: number): number {
  const within = Math.max(-scale, Math.min(scale, difference));
  return Math.round((within / scale) * 5_000) / 100 + 50;
}

/** A difference of shares in percentage points: `+1.2`, `−0.4`, `0`. */
export function points(difference: number): string {
  const rounded = Math.round(difference * 1_000) / 10;
  if (rounded === 0) return '0';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded).toFixed(1)}`;
}

/** Labels of a part in which something has changed, the weightiest change first. */
export function changedLabels(part: Part): Part['labels'] {
  return part.labels
    .filter((each) => each.gained + each.lost > 0)
    .sort(
      (one, other) =>
        Number(one.verdict === 'unsure') - Number(other.verdict === 'unsure') ||
        other.lost - one.lost ||
        other.gained - one.gained,
    );
}

/** With not one sentence right or wrong that was not so before there is nothing to be unsure of. */
export function verdictOf({ n, gained, lost, verdict }: Compared): Verdict | 'same' {
  return n > 0 && gained + lost === 0 && verdict === 'unsure' ? 'same' : verdict;
}
