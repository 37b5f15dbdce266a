import type { QueueNow } from '../../../shared/api/inbox';
import type { Wall } from '../../../shared/api/wall';
import type { Request } from './http';

/** What a supervisor sees of everybody's work, and does from there. */
export class WallApi {
  constructor(private readonly request: Request) {}

  wall(): Promise<Wall> {
    return this.request('/wall');
  }

  queue(): Promise<QueueNow> {
    return this.request('/queue');
  }

  take(id: string): Promise<void> {
    return this.act(id, 'take', {});
  }

  assign(id: string, agentId: string): Promise<void> {
    return this.act(id, 'assign', { agent_id: agentId });
  }

  whisper(id: string, text: string): Promise<void> {
    return this.act(id, 'whisper', { text });
  }

  private act(id: string, what: string, body: object): Promise<void> {
    return this.request(`/conversations/${id}/${what}`, { method: 'POST', body });
  }
}
