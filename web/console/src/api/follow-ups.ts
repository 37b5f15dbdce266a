import type { Due, FollowUp } from '../../../shared/api/follow-ups';
import type { Request } from './http';

/** 回访. */
export class FollowUpsApi {
  constructor(private readonly request: Request) {}

  async list(due: Due, mine: boolean): Promise<FollowUp[]> {
    const query = { due, mine: String(mine) };
    return (await this.request<{ items: FollowUp[] }>('/follow-ups', { query })).items;
  }

  done(id: string, satisfied: boolean | null, result: string): Promise<FollowUp> {
    return this.request(`/follow-ups/${id}/done`, { method: 'POST', body: { satisfied, result } });
  }
}
