import type { IncidentStep } from '../../../../shared/api/alerts';
import { secondsBetween } from '../../format/time';

export type StepState = 'done' | 'late' | 'now' | 'over' | 'ahead';

export interface StepStanding {
  state: StepState;
  /** To the deadline, negative when it has passed; null when it is done or has none. */
  seconds: number | null;
}

/** The step that comes next; null when all are done. */
export function nextStep(steps: readonly IncidentStep[]): IncidentStep | null {
  return steps.find((step) => step.done_at === null) ?? null;
}

/** How a step stands at `now` (milliseconds). */
export function standing(
  step: IncidentStep,
  steps: readonly IncidentStep[],
  now: number,
): StepStanding {
  if (step.done_at !== null) {
    const late = step.due_at !== null && secondsBetween(step.due_at, step.done_at) > 0;
    return { state: late ? 'late' : 'done', seconds: null };
  }
  const seconds = step.due_at === null ? null : secondsBetween(now, step.due_at);
  if (seconds !== null && seconds < 0) return { state: 'over', seconds };
  return { state: nextStep(steps) === step ? 'now' : 'ahead', seconds };
}
