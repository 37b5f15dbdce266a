/** So long an agent may take back what they have sent (triage/policy/conversations.yml). */
const RECALL_SECONDS = 120;

/** Whole seconds in which the message can still be taken back, 0 when it is too late. */
export function recallLeft(sentAt: string, now: number): number {
  const gone = Math.floor((now - Date.parse(sentAt)) / 1000);
  return Math.min(RECALL_SECONDS, Math.max(0, RECALL_SECONDS - gone));
}
