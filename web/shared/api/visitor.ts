/** What visitors do besides writing (docs/architecture.md §2). */

/** The survey after the end: satisfaction 1–5, would recommend 0–10, and free text. */
export interface Survey {
  score: number | null;
  nps: number | null;
  comment: string | null;
}

/** The ticket that a wait was turned into. */
export interface WordLeft {
  ticket_number: string;
  first_response_minutes: number;
  status_url: string;
}
