import type {
  CalendarDay,
  CannedDraft,
  CannedRecord,
  CannedReplies,
  JsonObject,
  Macro,
  MacroDraft,
  Setting,
} from '../../../shared/api/settings';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** What supervisors and admins set: ready replies, macros, the calendar and policies. */
export class SettingsApi {
  constructor(private readonly request: Request) {}

  policy(key: string): Promise<Setting> {
    return this.request(`/settings/${key}`);
  }

  savePolicy(key: string, version: number, value: JsonObject): Promise<Setting> {
    return this.request(`/settings/${key}`, { method: 'PUT', body: { version, value } });
  }

  /** Days from `from` to `to` (both dates), as the desk works on them. */
  calendar(from: string, to: string): Promise<CalendarDay[]> {
    return this.request('/calendar', { query: { from, to } });
  }

  canned(): Promise<CannedReplies> {
    return this.request('/canned-replies', { query: { inactive: 'true' } });
  }

  addCanned(reply: CannedDraft): Promise<CannedRecord> {
    return this.request('/canned-replies', { method: 'POST', body: reply });
  }

  changeCanned(id: string, version: number, reply: CannedDraft): Promise<CannedRecord> {
    const body = { ...reply, version };
    return this.request(`/canned-replies/${id}`, { method: 'PUT', body });
  }

  removeCanned(id: string): Promise<void> {
    return this.request(`/canned-replies/${id}`, { method: 'DELETE' });
  }

  async macros(): Promise<Macro[]> {
    return (await this.request<Items<Macro>>('/macros', { query: { inactive: 'true' } })).items;
  }

  addMacro(macro: MacroDraft): Promise<Macro> {
    return this.request('/macros', { method: 'POST', body: macro });
  }

  changeMacro(id: string, version: number, macro: MacroDraft): Promise<Macro> {
    return this.request(`/macros/${id}`, { method: 'PUT', body: { ...macro, version } });
  }

  removeMacro(id: string): Promise<void> {
    return this.request(`/macros/${id}`, { method: 'DELETE' });
  }
}
