import type { Agent, Presence } from '../../../shared/api';
import type {
  AgentChange,
  NewAgent,
  NotifyBy,
  OwnAccount,
  Team,
  TeamChange,
} from '../../../shared/api/people';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** Staff accounts, teams and one's own presence. */
export class PeopleApi {
  constructor(private readonly request: Request) {}

  async all(): Promise<Agent[]> {
    const query = { inactive: 'true' };
    return (await this.request<Items<Agent>>('/agents', { query })).items;
  }

  me(): Promise<OwnAccount> {
    return this.request('/agents/me');
  }

  changeMe(change: { notify?: NotifyBy; email?: string | null }): Promise<OwnAccount> {
    return this.request('/agents/me', { method: 'PUT', body: change });
  }

  setPresence(presence: Presence): Promise<Agent> {
    return this.request('/agents/me/presence', { method: 'PUT', body: { presence } });
  }

  create(account: NewAgent): Promise<Agent> {
    return this.request('/agents', { method: 'POST', body: account });
  }

  change(id: string, change: AgentChange): Promise<Agent> {
    return this.request(`/agents/${id}`, { method: 'PUT', body: change });
  }

  async teams(): Promise<Team[]> {
    return (await this.request<Items<Team>>('/teams')).items;
  }

  createTeam(team: TeamChange): Promise<Team> {
    return this.request('/teams', { method: 'POST', body: team });
  }

  changeTeam(id: string, team: TeamChange): Promise<Team> {
    return this.request(`/teams/${id}`, { method: 'PUT', body: team });
  }
}
