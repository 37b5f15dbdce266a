/** A reason to go past the gate has so many characters at least. */
export const LEAST_REASON = 10;

/** Whether a release may go on: the gate let it pass, or somebody has said why not. */
export function maySubmit(passed: boolean | null, reason: string): boolean {
  return passed === true || [...reason.trim()].length >= LEAST_REASON;
}

/** The reason as it is sent; none where the gate let it pass. */
export function reasonFor(passed: boolean | null, reason: string): string | null {
  return passed === true ? null : reason.trim();
}
