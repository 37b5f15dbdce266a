import type { Tried, Why } from '../../../shared/api/why';
import type { Request } from './http';

/** A release that does not answer customers has to be loaded first; the desk gives up before (75 s). */
const TRY_PATIENCE_MS = 90_000;

/** Why something was said, and what a release would make of a text. */
export class WhyApi {
  constructor(private readonly request: Request) {}

  why(conversationId: string, seq: number, signal: AbortSignal): Promise<Why> {
    return this.request(`/conversations/${conversationId}/messages/${seq}/why`, { signal });
  }

  /** Without `release`: the live one. */
  attempt(text: string, release: number | null, signal: AbortSignal): Promise<Tried> {
    return this.request('/learning/try', {
      method: 'POST',
      body: { text, ...(release !== null && { release }) },
      patienceMs: TRY_PATIENCE_MS,
      signal,
    });
  }
}
