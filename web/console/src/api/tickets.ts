import type {
  LinkKind,
  RevealedTicket,
  SavedTicketView,
  StateMove,
  TicketDetail,
  TicketDraft,
  TicketEvent,
  TicketFields,
  TicketFilter,
  TicketList,
  TicketTold,
  TicketView,
} from '../../../shared/api/tickets';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** Tickets: one function an endpoint. Every act gives the ticket as it is then. */
export class TicketsApi {
  constructor(private readonly request: Request) {}

  /** What a ticket of the conversation gets; its masked contact may be sent back as it is. */
  told(conversationId: string): Promise<TicketTold> {
    return this.request(`/conversations/${conversationId}/ticket-draft`);
  }

  page(
    view: TicketView,
    filter: TicketFilter,
    cursor: string | null,
    limit: number,
  ): Promise<TicketList> {
    const query = { view, ...filter, cursor: cursor ?? undefined, limit };
    return this.request('/tickets', { query });
  }

  open(draft: TicketDraft): Promise<TicketDetail> {
    return this.request('/tickets', { method: 'POST', body: draft });
  }

  show(number: string): Promise<TicketDetail> {
    return this.request(path(number));
  }

  async history(number: string): Promise<TicketEvent[]> {
    return (await this.request<Items<TicketEvent>>(path(number, 'history'))).items;
  }

  change(number: string, version: number, fields: TicketFields): Promise<TicketDetail> {
    return this.request(path(number), { method: 'PATCH', body: { version, ...fields } });
  }

  move(number: string, version: number, move: StateMove): Promise<TicketDetail> {
    return this.act(number, 'state', { version, ...move });
  }

  note(
    number: string,
    note: { text: string; public: boolean; mentions: string[] },
  ): Promise<TicketDetail> {
    return this.act(number, 'notes', note);
  }

  watch(number: string): Promise<TicketDetail> {
    return this.act(number, 'watch');
  }

  unwatch(number: string): Promise<TicketDetail> {
    return this.act(number, 'unwatch');
  }

  addItem(number: string, text: string): Promise<TicketDetail> {
    return this.act(number, 'checklist', { text });
  }

  changeItem(
    number: string,
    id: string,
    change: { done?: boolean; text?: string },
  ): Promise<TicketDetail> {
    return this.request(path(number, `checklist/${id}`), { method: 'PATCH', body: change });
  }

  removeItem(number: string, id: string): Promise<TicketDetail> {
    return this.request(path(number, `checklist/${id}`), { method: 'DELETE' });
  }

  link(number: string, other: string, kind: LinkKind): Promise<TicketDetail> {
    return this.act(number, 'links', { other, kind });
  }

  unlink(number: string, other: string): Promise<TicketDetail> {
    const what = `links/${encodeURIComponent(other)}`;
    return this.request(path(number, what), { method: 'DELETE' });
  }

  setParent(number: string, parent: string | null): Promise<TicketDetail> {
    return this.act(number, 'parent', { number: parent });
  }

  /** Gives the ticket that goes on. */
  merge(number: string, into: string, reason: string): Promise<TicketDetail> {
    return this.act(number, 'merge', { into, reason });
  }

  unmerge(number: string): Promise<TicketDetail> {
    return this.act(number, 'unmerge');
  }

  finishStep(number: string, step: string, result: string): Promise<TicketDetail> {
    return this.act(number, `complaint-steps/${step}`, { result });
  }

  reveal(number: string, reason: string): Promise<RevealedTicket> {
    return this.act(number, 'reveal', { reason });
  }

  revealNote(number: string, id: string, reason: string): Promise<{ text: string }> {
    return this.act(number, `notes/${id}/reveal`, { reason });
  }

  async savedViews(): Promise<SavedTicketView[]> {
    const query = { place: 'tickets' };
    return (await this.request<Items<SavedTicketView>>('/saved-views', { query })).items;
  }

  saveView(name: string, filter: SavedTicketView['filter']): Promise<SavedTicketView> {
    const body = { place: 'tickets', name, filter };
    return this.request('/saved-views', { method: 'POST', body });
  }

  forgetView(id: string): Promise<void> {
    return this.request(`/saved-views/${id}`, { method: 'DELETE' });
  }

  private act<T = TicketDetail>(number: string, what: string, body: object = {}): Promise<T> {
    return this.request(path(number, what), { method: 'POST', body });
  }
}

function path(number: string, what?: string): string {
  return `/tickets/${encodeURIComponent(number)}${what ? `/${what}` : ''}`;
}
