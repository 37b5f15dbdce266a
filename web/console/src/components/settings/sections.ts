import type { Role } from '../../../../shared/api';

/** Policies with a plain form, by key of `GET /settings/{key}`. */
export const POLICIES = [
  'sla',
  'routing',
  'complaints',
  'incidents',
  'escalation',
  'conversations',
  'follow_up',
  'appointments',
  'handoff',
  'pieces',
  'identity',
  'privacy',
  'wechat',
  'training',
  'gate',
] as const;
export type PolicyKey = (typeof POLICIES)[number];

export const GROUPS = ['people', 'tools', 'access', 'rules'] as const;

export interface Section {
  key: string;
  group: (typeof GROUPS)[number];
  role: Role;
}

/** What can be set, in the order of the list on the left. */
export const SECTIONS: readonly Section[] = [
  { key: 'staff', group: 'people', role: 'supervisor' },
  { key: 'skills', group: 'people', role: 'supervisor' },
  { key: 'teams', group: 'people', role: 'supervisor' },
  { key: 'replies', group: 'tools', role: 'supervisor' },
  { key: 'macros', group: 'tools', role: 'supervisor' },
  { key: 'channels', group: 'access', role: 'admin' },
  { key: 'calendar', group: 'rules', role: 'supervisor' },
  ...POLICIES.map((key): Section => ({ key, group: 'rules', role: 'admin' })),
];

export function isPolicy(key: string): key is PolicyKey {
  return (POLICIES as readonly string[]).includes(key);
}
