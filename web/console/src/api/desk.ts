import type { KnowledgeChange, KnowledgeEntry, Release, StaffSession } from '../../../shared/api';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** The staff API (docs/architecture.md §3) outside conversations, one function an endpoint. */
export class DeskApi {
  constructor(private readonly request: Request) {}

  login(username: string, password: string): Promise<StaffSession> {
    const body = { username, password };
    return this.request('/auth/login', { method: 'POST', body, mayBeSignedOut: true });
  }

  me(): Promise<StaffSession> {
    return this.request('/auth/me', { mayBeSignedOut: true });
  }

  logout(): Promise<void> {
    return this.request('/auth/logout', { method: 'POST', mayBeSignedOut: true });
  }

  async knowledge(
    filter: { query?: string; category?: string },
    signal?: AbortSignal,
  ): Promise<KnowledgeEntry[]> {
    const options = { query: filter, ...(signal && { signal }) };
    return (await this.request<Items<KnowledgeEntry>>('/knowledge', options)).items;
  }

  saveKnowledge(key: string, change: KnowledgeChange): Promise<KnowledgeEntry> {
    const path = `/knowledge/${encodeURIComponent(key)}`;
    return this.request(path, { method: 'PUT', body: change });
  }

  async releases(): Promise<Release[]> {
    return (await this.request<Items<Release>>('/learning/releases')).items;
  }
}
