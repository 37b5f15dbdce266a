import type { ReviewItem } from '../../shared/api/review';
import type { Compared, Part, Proof, Release, Run } from '../../shared/api/training';

export function item(id: string, change: Partial<ReviewItem> = {}): ReviewItem {
  return {
    message_id: id,
    conversation_id: `c-${id}`,
    seq: 1,
    text: `text ${id}`,
    at: '2026-11-21T08:00:00Z',
    value: 0.5,
    reasons: [{ code: 'unsure', text: '把握不大' }],
    state: 'open',
    outcome: 'faq',
    release: 1,
    guess: { kind: 'faq', key: 'refund', title: '退款多久到账', confidence: 0.6 },
    choices: [],
    answers: [],
    suggestions: [],
    before: [],
    after: [],
    labels: null,
    corrected: [],
    cluster_id: null,
    alike: 0,
    decided: null,
    ...change,
  };
}

export function run(change: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    state: 'running',
    reason: 'manual',
    step: { key: 'models', name: '训练模型' },
    progress: 0.3,
    problem: null,
    cancel_asked: false,
    release: null,
    by: null,
    created_at: '2026-11-21T08:00:00Z',
    started_at: '2026-11-21T08:00:00Z',
    ended_at: null,
    ...change,
  };
}

export function release(number: number, change: Partial<Release> = {}): Release {
  return {
    number,
    state: 'candidate',
    created_at: '2026-11-21T08:00:00Z',
    promoted_at: null,
    data_hash: 'ab',
    data_counts: {},
    erased_lines: 0,
    evaluation: {},
    note: null,
    trained_by: null,
    canary_share: null,
    passed: true,
    compared_with: null,
    rollback: false,
    moves: [],
    ...change,
  };
}

export function compared(change: Partial<Compared> = {}): Compared {
  return {
    n: 200,
    before: 0.9,
    after: 0.9,
    gained: 0,
    lost: 0,
    difference: { low: -0.01, high: 0.01 },
    p: 1,
    verdict: 'unsure',
    ...change,
  };
}

export function part(name: string, change: Partial<Compared> = {}): Part {
  return {
    part: name,
    overall: compared(change),
    labels: [],
    confusion: [],
    calibration: { before: [], after: [], error_before: null, error_after: null },
  };
}

export function proof(change: Partial<Proof> = {}): Proof {
  return {
    release: 2,
    against: 1,
    lines: 1000,
    left_out: 0,
    parts: [part('faq'), part('intent')],
    protected: [],
    regressions: [],
    gains: [],
    replay: { messages: 0, changed: [] },
    gate: { passed: true, reasons: [], unsure: [] },
    created_at: '2026-11-21T08:00:00Z',
    ...change,
  };
}
