/** Notifications and the search over everything (`api/notifications`, `api/search`). */

export interface Notification {
  id: string;
  kind: string;
  /** A sentence for the reader. */
  text: string;
  subject: { kind: string; id: string };
  /** The names and numbers in its text. */
  data: Record<string, string>;
  created_at: string;
  read_at: string | null;
}

/** Which notifications were read. */
export type Read = { ids: string[] } | { subject: Notification['subject'] } | { all: true };

export interface NotificationList {
  items: Notification[];
  unread: number;
  next: string | null;
}

export type FoundKind = 'conversation' | 'ticket' | 'customer' | 'knowledge';

export interface Found {
  kind: FoundKind;
  id: string;
  title: string;
  /** Matches stand between U+0002 and U+0003. */
  snippet: string;
  moment: string;
  conversation_id?: string | null;
  /** Of a ticket: its number. */
  number?: string | null;
}

export interface FoundList {
  items: Found[];
  took_ms: number;
}

/** As much of a list of follow-ups as its count needs. */
export interface FollowUpCount {
  items: { id: string }[];
}
