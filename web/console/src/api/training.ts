import type {
  Canary,
  Proof,
  ProofBeingMade,
  ProofNotMade,
  Release,
  Run,
  RunDetail,
  RunList,
} from '../../../shared/api/training';
import type { Request } from './http';

/** Trainings, releases, their proofs, and the trial of one. */
export class TrainingApi {
  constructor(private readonly request: Request) {}

  runs(): Promise<RunList> {
    return this.request('/learning/runs');
  }

  run(id: string): Promise<RunDetail> {
    return this.request(`/learning/runs/${id}`);
  }

  start(): Promise<Run> {
    return this.request('/learning/runs', { method: 'POST', body: {} });
  }

  cancel(id: string): Promise<Run> {
    return this.request(`/learning/runs/${id}/cancel`, { method: 'POST', body: {} });
  }

  async releases(): Promise<Release[]> {
    return (await this.request<{ items: Release[] }>('/learning/releases')).items;
  }

  /** Beside the live release, or another one. */
  proof(
    number: number,
    against: number | null,
    signal?: AbortSignal,
  ): Promise<Proof | ProofBeingMade | ProofNotMade> {
    const query = { ...(against !== null && { against }) };
    return this.request(`/learning/releases/${number}/proof`, { query, ...(signal && { signal }) });
  }

  /** One that could not be made is tried again. */
  orderProof(number: number, against: number | null): Promise<ProofBeingMade> {
    const query = { ...(against !== null && { against }) };
    return this.request(`/learning/releases/${number}/proof`, { method: 'POST', query, body: {} });
  }

  promote(number: number, overrideReason: string | null): Promise<Release> {
    const body = { ...(overrideReason && { override_reason: overrideReason }) };
    return this.request(`/learning/releases/${number}/promote`, { method: 'POST', body });
  }

  rollBack(reason: string | null): Promise<Release> {
    const body = { ...(reason && { reason }) };
    return this.request('/learning/rollback', { method: 'POST', body });
  }

  /** `share` of the conversations that begin from now on, 0.01–0.5. */
  startCanary(number: number, share: number, overrideReason: string | null): Promise<Release> {
    const body = { share, ...(overrideReason && { override_reason: overrideReason }) };
    return this.request(`/learning/releases/${number}/canary`, { method: 'POST', body });
  }

  canary(): Promise<Canary> {
    return this.request('/learning/canary');
  }

  stopCanary(): Promise<Canary> {
    return this.request('/learning/canary/stop', { method: 'POST', body: {} });
  }
}
