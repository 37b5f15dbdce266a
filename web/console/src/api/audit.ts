import type { AuditPage, AuditState } from '../../../shared/api/audit';
import type { Request } from './http';

export interface AuditFilter {
  action?: string | undefined;
  subject_kind?: string | undefined;
  subject_id?: string | undefined;
  staff_id?: string | undefined;
}

/** Every entry there is gets read again. */
const VERIFY_MS = 120_000;

/** The record of sensitive acts. */
export class AuditApi {
  constructor(private readonly request: Request) {}

  page(filter: AuditFilter, cursor?: string): Promise<AuditPage> {
    return this.request('/audit', { query: { ...filter, cursor } });
  }

  verify(): Promise<AuditState> {
    return this.request('/audit/verify', { patienceMs: VERIFY_MS });
  }
}
