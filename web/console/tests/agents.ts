import type { Agent } from '../../shared/api';

export function agent(id: string, change: Partial<Agent> = {}): Agent {
  return {
    id,
    username: `agent${id}`,
    display_name: `客服${id}`,
    role: 'agent',
    active: true,
    team: null,
    presence: 'online',
    effective_presence: 'online',
    presence_since: null,
    capacity: 8,
    load: 0,
    skills: [],
    languages: ['zh'],
    channels: [],
    email: null,
    ...change,
  };
}
