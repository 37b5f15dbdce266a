import type {
  BotText,
  Intent,
  IntentChange,
  IntentList,
  LearningHistory,
  Line,
  LineFilter,
  LineKind,
  LineLabel,
  LinePage,
  LinesAdded,
  NewIntent,
  NewLines,
  SubjectKind,
} from '../../../shared/api/material';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** What the bot is trained on, one function an endpoint. */
export class MaterialApi {
  constructor(private readonly request: Request) {}

  intents(): Promise<IntentList> {
    return this.request('/learning/intents');
  }

  addIntent(intent: NewIntent): Promise<Intent> {
    return this.request('/learning/intents', { method: 'POST', body: intent });
  }

  changeIntent(name: string, change: IntentChange): Promise<Intent> {
    const path = `/learning/intents/${encodeURIComponent(name)}`;
    return this.request(path, { method: 'PATCH', body: change });
  }

  async labels(kind: LineKind): Promise<LineLabel[]> {
    return (await this.request<Items<LineLabel>>('/learning/labels', { query: { kind } })).items;
  }

  lines(filter: LineFilter, cursor: string | null, signal: AbortSignal): Promise<LinePage> {
    const query = { ...filter, cursor: cursor ?? undefined };
    return this.request('/learning/lines', { query, signal });
  }

  addLines(lines: NewLines): Promise<LinesAdded> {
    return this.request('/learning/lines', { method: 'POST', body: lines });
  }

  removeLine(id: string): Promise<Line> {
    return this.request(`/learning/lines/${id}/remove`, { method: 'POST' });
  }

  restoreLine(id: string): Promise<Line> {
    return this.request(`/learning/lines/${id}/restore`, { method: 'POST' });
  }

  async responses(): Promise<BotText[]> {
    return (await this.request<Items<BotText>>('/learning/responses')).items;
  }

  /** No texts: those that came with the bot again. */
  changeResponse(key: string, texts: string[], version: number): Promise<BotText> {
    const path = `/learning/responses/${encodeURIComponent(key)}`;
    return this.request(path, { method: 'PUT', body: { texts, version } });
  }

  history(kind: SubjectKind | null, cursor: string | null): Promise<LearningHistory> {
    const query = { kind: kind ?? undefined, cursor: cursor ?? undefined };
    return this.request('/learning/history', { query });
  }
}
