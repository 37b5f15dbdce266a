import type { FollowUpCount, FoundList, NotificationList, Read } from '../../../shared/api/shell';
import type { Request } from './http';

/** What stands around every page: notifications, search, and the counts in the navigation. */
export class ShellApi {
  constructor(private readonly request: Request) {}

  notifications(): Promise<NotificationList> {
    return this.request('/notifications');
  }

  read(which: Read): Promise<{ unread: number }> {
    return this.request('/notifications/read', { method: 'POST', body: which });
  }

  search(q: string, signal: AbortSignal): Promise<FoundList> {
    return this.request('/search', { query: { q }, signal });
  }

  async ticketCounts(): Promise<Record<string, number>> {
    const query = { view: 'mine', limit: 1 };
    return (await this.request<{ counts: Record<string, number> }>('/tickets', { query })).counts;
  }

  async followUpsDue(): Promise<number> {
    const query = { mine: 'true', due: 'now' };
    return (await this.request<FollowUpCount>('/follow-ups', { query })).items.length;
  }
}
