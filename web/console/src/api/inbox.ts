import type {
  Agent,
  Attachment,
  ConversationDetail,
  ConversationList,
  Handoffs,
  StaffMessage,
  StaffMessages,
  View,
  Viewer,
} from '../../../shared/api';
import type {
  CustomerBrief,
  InboxFilter,
  LabelChange,
  MacroDone,
  MacroRun,
  NewNote,
  NewReply,
  ReadyReply,
  NewTicket,
  QueueNow,
  SavedView,
  TicketBrief,
  TransferTarget,
  WrapUpForm,
} from '../../../shared/api/inbox';
import type { Reminded } from '../../../shared/api/reach';
import type { Macro } from '../../../shared/api/settings';
import type { Request } from './http';
import { createUpload, type Upload } from './upload';

interface Items<T> {
  items: T[];
}

/** Conversations, what is done inside them, and the tools for it: one function an endpoint. */
export class InboxApi {
  private readonly sendUp: Upload;

  constructor(
    private readonly request: Request,
    csrfToken: () => string,
  ) {
    this.sendUp = createUpload(csrfToken);
  }

  conversations(
    view: View,
    filter: InboxFilter,
    cursor: string | null,
    limit: number,
  ): Promise<ConversationList> {
    const query = { view, ...filter, cursor: cursor ?? undefined, limit };
    return this.request('/conversations', { query });
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

  decline(id: string): Promise<ConversationDetail> {
    return this.act(id, 'decline');
  }

  transfer(id: string, to: TransferTarget, note: string): Promise<ConversationDetail> {
    return this.act(id, 'transfer', { ...to, note: note || null });
  }

  returnToBot(id: string, note: string): Promise<ConversationDetail> {
    return this.act(id, 'return-to-bot', { note: note || null });
  }

  /** Make somebody else answerable for the outcome (supervisors). */
  setResponsible(id: string, agentId: string): Promise<ConversationDetail> {
    return this.act(id, 'responsible', { agent_id: agentId });
  }

  beginWrapUp(id: string): Promise<ConversationDetail> {
    return this.act(id, 'wrap-up');
  }

  close(id: string, form: WrapUpForm): Promise<ConversationDetail> {
    return this.act(id, 'close', form);
  }

  toTicket(id: string, ticket: NewTicket): Promise<{ number: string }> {
    return this.act(id, 'to-ticket', ticket);
  }

  setTags(id: string, tags: string[]): Promise<ConversationDetail> {
    return this.request(`/conversations/${id}/tags`, { method: 'PUT', body: { tags } });
  }

  correctLabels(id: string, change: LabelChange): Promise<ConversationDetail> {
    return this.request(`/conversations/${id}/labels`, { method: 'PUT', body: change });
  }

  reply(id: string, reply: NewReply): Promise<StaffMessage> {
    return this.act(id, 'messages', reply);
  }

  note(id: string, note: NewNote): Promise<StaffMessage> {
    return this.act(id, 'notes', note);
  }

  recall(id: string, seq: number): Promise<StaffMessage> {
    return this.act(id, `messages/${seq}/recall`);
  }

  async reveal(id: string, seq: number, reason: string): Promise<string> {
    return (await this.act<{ text: string }>(id, `messages/${seq}/reveal`, { reason })).text;
  }

  /** Sends a message once more that is held, has failed or may have arrived. */
  retry(id: string, seq: number): Promise<StaffMessage> {
    return this.act(id, `messages/${seq}/retry`);
  }

  /** Reminds a customer whose window has closed; uses one consent of theirs. */
  remind(id: string): Promise<Reminded> {
    return this.act(id, 'subscription-message');
  }

  upload(
    id: string,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment> {
    return this.sendUp(`/conversations/${id}/attachments`, file, told, signal);
  }

  typing(id: string): Promise<void> {
    return this.act(id, 'typing');
  }

  read(id: string, seq: number): Promise<void> {
    return this.act(id, 'read', { seq });
  }

  viewing(id: string, typing: boolean): Promise<void> {
    return this.act(id, 'viewing', { typing });
  }

  async viewers(id: string): Promise<Viewer[]> {
    return (await this.request<{ viewers: Viewer[] }>(`/conversations/${id}/viewers`)).viewers;
  }

  handoffs(conversationId: string): Promise<Handoffs> {
    return this.request('/handoffs', { query: { conversation_id: conversationId } });
  }

  async tickets(conversationId: string): Promise<TicketBrief[]> {
    const query = { view: 'all', conversation_id: conversationId };
    return (await this.request<Items<TicketBrief>>('/tickets', { query })).items;
  }

  customer(id: string): Promise<CustomerBrief> {
    return this.request(`/customers/${id}`);
  }

  async agents(): Promise<Agent[]> {
    return (await this.request<Items<Agent>>('/agents')).items;
  }

  queue(): Promise<QueueNow> {
    return this.request('/queue');
  }

  async readyReplies(id: string, q: string, signal: AbortSignal): Promise<ReadyReply[]> {
    const path = `/conversations/${encodeURIComponent(id)}/canned-replies`;
    const query = { q: q || undefined };
    return (await this.request<Items<ReadyReply>>(path, { query, signal })).items;
  }

  async macros(): Promise<Macro[]> {
    return (await this.request<Items<Macro>>('/macros')).items;
  }

  runMacro(id: string, macroId: string, wanted: MacroRun): Promise<MacroDone> {
    return this.act(id, `macros/${macroId}`, wanted);
  }

  async savedViews(): Promise<SavedView[]> {
    const query = { place: 'inbox' };
    return (await this.request<Items<SavedView>>('/saved-views', { query })).items;
  }

  saveView(name: string, filter: SavedView['filter']): Promise<SavedView> {
    return this.request('/saved-views', { method: 'POST', body: { place: 'inbox', name, filter } });
  }

  forgetView(id: string): Promise<void> {
    return this.request(`/saved-views/${id}`, { method: 'DELETE' });
  }

  private act<T>(id: string, what: string, body: object = {}): Promise<T> {
    return this.request(`/conversations/${id}/${what}`, { method: 'POST', body });
  }
}
