import type {
  ConversationDetail,
  ConversationList,
  Customer,
  Handoff,
  KnowledgeChange,
  KnowledgeEntry,
  Release,
  StaffMessage,
  StaffMessages,
  StaffSession,
  Ticket,
  View,
} from '../../../shared/api';
import type { Request } from './http';

interface Items<T> {
  items: T[];
}

/** The staff API (docs/architecture.md §3), one function an endpoint. */
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

  conversations(view: View): Promise<ConversationList> {
    return this.request('/conversations', { query: { view } });
  }

  conversation(id: string): Promise<ConversationDetail> {
    return this.request(`/conversations/${id}`);
  }

  messages(id: string, after: number): Promise<StaffMessages> {
    return this.request(`/conversations/${id}/messages`, { query: { after } });
  }

  take(id: string): Promise<ConversationDetail> {
    return this.act(id, 'take');
  }

  reply(id: string, text: string, clientId: string): Promise<StaffMessage> {
    return this.act(id, 'messages', { text, client_id: clientId });
  }

  returnToBot(id: string, note: string): Promise<ConversationDetail> {
    return this.act(id, 'return-to-bot', { note: note || null });
  }

  close(id: string): Promise<ConversationDetail> {
    return this.act(id, 'close');
  }

  typing(id: string): Promise<void> {
    return this.act(id, 'typing');
  }

  read(id: string, seq: number): Promise<void> {
    return this.act(id, 'read', { seq });
  }

  async handoffs(conversationId: string): Promise<Handoff[]> {
    const query = { conversation_id: conversationId };
    return (await this.request<Items<Handoff>>('/handoffs', { query })).items;
  }

  async tickets(filter: { state?: string; conversation_id?: string } = {}): Promise<Ticket[]> {
    return (await this.request<Items<Ticket>>('/tickets', { query: filter })).items;
  }

  ticket(number: string): Promise<Ticket> {
    return this.request(`/tickets/${encodeURIComponent(number)}`);
  }

  customer(id: string): Promise<Customer> {
    return this.request(`/customers/${id}`);
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

  private act<T>(id: string, what: string, body: object = {}): Promise<T> {
    return this.request(`/conversations/${id}/${what}`, { method: 'POST', body });
  }
}
