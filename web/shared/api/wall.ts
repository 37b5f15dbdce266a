/** The supervisor's wall (`api/wall`). */
import type { Agent, Priority } from '../api';

/** A conversation somebody holds; `since` is when they took it. */
export interface Held {
  id: string;
  customer: string;
  priority: Priority | null;
  since: string;
}

export interface WallAgent extends Agent {
  current: Held[];
  handled_today: number;
}

/** A clock that ran out or is about to. */
export interface WallDeadline {
  kind: string;
  /** What the clock is for. */
  title: string;
  subject: { kind: string; id: string; title: string };
  priority: Priority | null;
  due_at: string | null;
  breached_at: string | null;
}

export interface Wall {
  queue: {
    count: number;
    longest_wait_seconds: number;
    by_priority: Record<string, number>;
    by_category: Record<string, number>;
  };
  agents: WallAgent[];
  breaches: WallDeadline[];
  breaching: WallDeadline[];
  today: {
    handoffs: number;
    first_response_p50_seconds: number | null;
    sla: Partial<Record<Priority, { met: number; total: number }>>;
    csat: { average: number | null; count: number };
    abandoned: number;
  };
}
