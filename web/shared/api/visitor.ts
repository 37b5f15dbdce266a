/** What visitors do besides writing (docs/architecture.md §2). */

/** The survey after the end: satisfaction 1–5, would recommend 0–10, and free text. */
export interface Survey {
  score: number | null;
  nps: number | null;
  comment: string | null;
}

/** Written on WeChat until `expires_at`, it goes on with this conversation there. */
export interface JoinCode {
  code: string;
  expires_at: string;
}

/** The ticket that a wait was turned into. */
export interface WordLeft {
  ticket_number: string;
  first_response_due_at: string;
  status_url: string;
}
