/** Staff accounts, teams and presence (`api/agents`). */
import type { Agent, PersonRef, Presence, Role } from '../api';

export const PRESENCES: readonly Presence[] = ['online', 'busy', 'break', 'offline'];

/** What somebody can be told by e-mail too. */
export const MAIL_KINDS = [
  'assigned',
  'transferred',
  'mentioned',
  'ticket_assigned',
  'incident_assigned',
  'step_assigned',
  'watched_changed',
  'sla_warning',
  'sla_breach',
  'alert',
  'whisper',
  'follow_up_due',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export interface NotifyBy {
  email: MailKind[];
}

/** One's own account. */
export interface OwnAccount extends Agent {
  notify: NotifyBy;
}

export interface NewAgent {
  username: string;
  display_name: string;
  role: Role;
  password: string;
}

/** A field that is left out stays as it is. */
export interface AgentChange {
  display_name?: string;
  role?: Role;
  active?: boolean;
  password?: string;
  capacity?: number;
  skills?: { category: string; level: number }[];
  languages?: string[];
  channels?: string[];
  team_id?: string | null;
  email?: string | null;
}

export interface Team {
  id: string;
  name: string;
  lead: PersonRef | null;
  members: number;
}

export interface TeamChange {
  name: string;
  lead_id: string | null;
}
