import type { StaffSession } from '../../../shared/api';
import type { Request } from './http';

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
}
