import { createPinia, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import type { TicketDetail, TicketEvent } from '../../shared/api/tickets';
import { DESK } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import { ApiError, type Request, type RequestOptions } from '../src/api/http';
import { REQUEST } from '../src/api/provide';
import { useSession } from '../src/stores/session';

export const LIN = { id: 'lin', display_name: '林小满' };
export const ZHOU = { id: 'zhou', display_name: '周亦然' };
const AT = '2025-01-18T08:00:00Z';

export function ticket(change: Partial<TicketDetail> = {}): TicketDetail {
  return {
    id: 't1',
    number: 'T1',
    title: '退款未到账',
    kind: 'request',
    source: 'bot',
    customer: { id: 'c1', display_name: '陈女士', tier: 'vip' },
    conversation_id: null,
    category: { key: 'refund', name: '退款退货' },
    nature: { key: 'help', name: '求助' },
    priority: 'P3',
    state: 'open',
    assignee: null,
    team: null,
    tags: [],
    repeated: false,
    deadline: null,
    first_response_due_at: AT,
    resolution_due_at: AT,
    created_at: AT,
    updated_at: AT,
    version: 1,
    description: '七天了还没有到账',
    order_number: null,
    contact_masked: null,
    impact: 3,
    urgency: 2,
    labels: null,
    root_cause: [],
    result: null,
    first_response_at: null,
    resolved_at: null,
    closed_at: null,
    deadlines: [],
    complaint_steps: [],
    notes: [],
    watchers: [],
    checklist: [],
    links: [],
    parent: null,
    children: [],
    merged_into: null,
    merged: [],
    attachments: [],
    allowed_states: ['pending_customer', 'resolved'],
    status_url: 'https://desk.example/t/T1',
    ...change,
  };
}

export function event(kind: string, change: Partial<TicketEvent> = {}): TicketEvent {
  return { id: kind, kind, author: null, data: {}, created_at: AT, ...change };
}

/** The tickets of a desk in memory, behind the same paths as the real ones. */
export class FakeTickets {
  tickets = new Map<string, TicketDetail>();
  events: TicketEvent[] = [];
  readonly asked: string[] = [];
  /** Answers wait for this, so that a later one can overtake an earlier one. */
  gate: Promise<void> = Promise.resolve();

  put(detail: TicketDetail): void {
    this.tickets.set(detail.number, detail);
  }

  /** Somebody else changes a ticket. */
  meanwhile(change: Partial<TicketDetail>, by = ZHOU): void {
    const before = this.found('T1');
    const updated_at = '2025-01-18T09:00:00Z';
    this.put({ ...before, ...change, updated_at, version: before.version + 1 });
    this.events.push(event('changed', { author: by, created_at: updated_at }));
  }

  readonly request: Request = async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    this.asked.push(`${options.method ?? 'GET'} ${path}`);
    await this.gate;
    return this.answer(path, options) as T;
  };

  private answer(path: string, { method = 'GET', body = {}, query = {} }: RequestOptions): unknown {
    const [number = '', what = '', noteId = ''] = path.replace(/^\/tickets\/?/, '').split('/');
    if (!number) return this.page(query);
    if (what === 'history') return { items: [...this.events] };
    const detail = this.found(number);
    const { version, ...change } = body as { version?: number } & Partial<TicketDetail>;
    if (method === 'GET') return detail;
    if (what === 'notes' && noteId) return { text: '新号码是 13812346721' };
    if (what === 'reveal') return { contact: null, description: '请打 13812346721' };
    if (version !== detail.version) throw new ApiError(409, 'conflict', '内容已被他人更新');
    const changed = { ...detail, ...change, version: detail.version + 1 };
    this.put(changed);
    return changed;
  }

  private page(query: NonNullable<RequestOptions['query']>): unknown {
    const all = [...this.tickets.values()].filter(
      (each) => !query['priority'] || each.priority === query['priority'],
    );
    const from = Number(query['cursor'] ?? 0);
    const to = from + Number(query['limit']);
    const counts = from ? null : { mine: 1, team: 0, unassigned: 2, breaching: 0, watching: 0 };
    return { items: all.slice(from, to), counts, next: to < all.length ? String(to) : null };
  }

  private found(number: string): TicketDetail {
    const detail = this.tickets.get(number);
    if (!detail) throw new ApiError(404, 'not_found', '没有找到');
    return detail;
  }
}

/** Stores on tickets in memory, with 林小满 signed in. */
export function withTickets(): FakeTickets {
  const fake = new FakeTickets();
  const app = createApp({});
  const pinia = createPinia();
  app.provide(REQUEST, fake.request);
  app.provide(DESK, {} as DeskApi);
  app.use(pinia);
  setActivePinia(pinia);
  const session = useSession();
  session.user = { ...LIN, username: 'lin', role: 'agent' };
  session.known = true;
  return fake;
}
