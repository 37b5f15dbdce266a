/** Trainings, releases, proofs and trials (`api/learning`). */
import type { Labelled, PersonRef } from '../api';

export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** One training; `progress` is 0–1 of the whole, `release` what came of it. */
export interface Run {
  id: string;
  state: RunState;
  /** `manual`, `scheduled` or `first`. */
  reason: string;
  step: Labelled | null;
  progress: number;
  problem: Labelled | null;
  cancel_asked: boolean;
  release: number | null;
  by: PersonRef | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

export interface RunDetail extends Run {
  log: string;
}

/** The newest first; `changes`: what is new since the newest training began. */
export interface RunList {
  items: Run[];
  changes: number;
}

export type ReleaseState = 'live' | 'canary' | 'retired' | 'candidate';

/** A release went live, back, or on trial; `by` is null when the desk did it by itself. */
export interface Move {
  action: string;
  release: number;
  before: number | null;
  share: number | null;
  overrode: boolean;
  reason: string | null;
  by: PersonRef | null;
  created_at: string;
}

export interface Release {
  number: number;
  state: ReleaseState;
  created_at: string;
  promoted_at: string | null;
  data_hash: string;
  data_counts: Record<string, unknown>;
  /** Lines taken out of its data since, because customers were erased. */
  erased_lines: number;
  evaluation: Record<string, unknown>;
  note: string | null;
  trained_by: PersonRef | null;
  canary_share: number | null;
  /** What the gate says beside the live release; null when nobody has compared them. */
  passed: boolean | null;
  /** The release that its newest proof lays it beside; null without a proof. */
  compared_with: number | null;
  /** A rollback would bring it back. */
  rollback: boolean;
  moves: Move[];
}

// --- proof ---------------------------------------------------------------------------------------

export type Verdict = 'better' | 'worse' | 'unsure';

/** Right lines before and after (shares, 0–1); `difference` holds the true one with 95 %. */
export interface Compared {
  n: number;
  before: number;
  after: number;
  gained: number;
  lost: number;
  difference: { low: number; high: number };
  p: number;
  verdict: Verdict;
}

export interface ComparedLabel extends Compared {
  label: string;
}

/** A line that was right and is wrong now, or the other way round. */
export interface Change {
  part: string;
  set: string;
  text: string;
  expected: string;
  before: string;
  after: string;
  confidence: number;
}

export interface Confused {
  expected: string;
  predicted: string;
  before: number;
  after: number;
}

export interface Bin {
  low: number;
  count: number;
  confidence: number;
  accuracy: number;
}

export interface Calibration {
  before: Bin[];
  after: Bin[];
  error_before: number | null;
  error_after: number | null;
}

/** `part`: `faq`, `intent`, `human` or a target of triage. */
export interface Part {
  part: string;
  overall: Compared;
  labels: ComparedLabel[];
  confusion: Confused[];
  calibration: Calibration;
}

/** A real message that would be handled otherwise: `answer:KEY`, `intent:NAME`, `human` … */
export interface Replayed {
  message_id: string;
  conversation_id: string;
  text: string;
  at: string;
  before: string;
  after: string;
  labels: Record<string, [string, string]>;
}

/** Something that speaks against going live; `nothing_compared` has no subject. */
export interface GateReason {
  code: string;
  subject: string;
  n: number;
  before: number;
  after: number;
  p: number;
  limit: number;
}

export interface Proof {
  release: number;
  against: number;
  lines: number;
  /** Held-out lines that do not count: one of the two has learned their words. */
  left_out: number;
  parts: Part[];
  protected: ComparedLabel[];
  regressions: Change[];
  gains: Change[];
  replay: { messages: number; changed: Replayed[] };
  /** By the settings of now; `unsure`: protected labels of which no line was compared. */
  gate: { passed: boolean; reasons: GateReason[]; unsure: string[] };
  created_at: string;
}

/** It is not there yet: ask again in a few seconds. */
export interface ProofBeingMade {
  release: number;
  against: number;
  state: 'making';
}

/** Nothing came of it: it is made when somebody orders it again. */
export interface ProofNotMade {
  release: number;
  against: number;
  state: 'failed';
  failed_at: string;
}

// --- trial ---------------------------------------------------------------------------------------

export interface RateOf {
  hits: number;
  n: number;
  share: number | null;
}

/** Less is better; `p` may be looked at at any time. */
export interface Measured {
  measure: string;
  live: RateOf;
  canary: RateOf;
  p: number;
  verdict: Verdict;
}

export interface TrackFigures {
  begun: number;
  turns: number;
  by_canary: number;
  handed_off: number;
  answered: number;
  rejected: number;
  failed: number;
  rated: number;
  dissatisfied: number;
  containment: number | null;
  csat: number | null;
}

export interface CanaryFigures {
  release: number;
  live: number;
  share: number;
  since: string;
  tracks: Record<string, TrackFigures>;
  measures: Measured[];
}

/** The trial that runs, and how the last one ended (`reason` is `worse:MEASURE` by itself). */
export interface Canary {
  running: CanaryFigures | null;
  last: { move: Move; figures: CanaryFigures | null } | null;
}
