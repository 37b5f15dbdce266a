import type {
  AlikeItem,
  BulkResult,
  Cluster,
  ClusterList,
  Decision,
  Proposed,
  ReviewItem,
  ReviewPage,
} from '../../../shared/api/review';
import type { Request } from './http';

const PAGE = 30;

interface Items<T> {
  items: T[];
}

/** Messages worth a look, and clusters of unknown questions. */
export class ReviewApi {
  constructor(private readonly request: Request) {}

  /** Open items, the most valuable first. */
  items(
    filter: { reason?: string; cluster?: string },
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<ReviewPage> {
    return this.request('/learning/review', {
      query: { ...filter, limit: PAGE, cursor },
      signal,
    });
  }

  decide(messageId: string, decision: Decision): Promise<ReviewItem> {
    return this.request(`/learning/review/${messageId}`, { method: 'POST', body: decision });
  }

  async decideMany(messageIds: readonly string[], decision: Decision): Promise<BulkResult[]> {
    const body = { ...decision, message_ids: messageIds };
    const options = { method: 'POST', body } as const;
    return (await this.request<Items<BulkResult>>('/learning/review/bulk', options)).items;
  }

  /** What the reader has decided since midnight at the desk, the last first. */
  async decidedToday(): Promise<ReviewItem[]> {
    return (await this.request<Items<ReviewItem>>('/learning/review/today')).items;
  }

  reopen(messageId: string): Promise<ReviewItem> {
    return this.request(`/learning/review/${messageId}/reopen`, { method: 'POST', body: {} });
  }

  async alike(messageId: string, signal: AbortSignal): Promise<AlikeItem[]> {
    const path = `/learning/review/${messageId}/alike`;
    return (await this.request<Items<AlikeItem>>(path, { signal })).items;
  }

  clusters(): Promise<ClusterList> {
    return this.request('/learning/clusters');
  }

  propose(id: string): Promise<Proposed> {
    return this.request(`/learning/clusters/${id}/propose`, { method: 'POST', body: {} });
  }

  dismiss(id: string): Promise<Cluster> {
    return this.request(`/learning/clusters/${id}/dismiss`, { method: 'POST', body: {} });
  }
}
