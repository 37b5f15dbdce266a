import type {
  Alert,
  Incident,
  IncidentChange,
  NewIncident,
  Page,
} from '../../../shared/api/alerts';
import type { Request } from './http';

const PAGE = 50;

/** Alerts, and incidents with their timed steps. */
export class AlertsApi {
  constructor(private readonly request: Request) {}

  /** The newest first: those that have not ended, or all. */
  alerts(open: boolean, cursor?: string): Promise<Page<Alert>> {
    return this.request('/alerts', { query: { open: String(open), limit: PAGE, cursor } });
  }

  acknowledge(id: string): Promise<Alert> {
    return this.request(`/alerts/${id}/acknowledge`, { method: 'POST', body: {} });
  }

  incidents(open: boolean, cursor?: string): Promise<Page<Incident>> {
    return this.request('/incidents', { query: { open: String(open), limit: PAGE, cursor } });
  }

  incident(number: string): Promise<Incident> {
    return this.request(`/incidents/${encodeURIComponent(number)}`);
  }

  open(incident: NewIncident): Promise<Incident> {
    return this.request('/incidents', { method: 'POST', body: incident });
  }

  change(number: string, change: IncidentChange): Promise<Incident> {
    const path = `/incidents/${encodeURIComponent(number)}`;
    return this.request(path, { method: 'PATCH', body: change });
  }

  giveStep(number: string, step: string, ownerId: string | null): Promise<Incident> {
    const path = `/incidents/${encodeURIComponent(number)}/steps/${step}`;
    return this.request(path, { method: 'PATCH', body: { owner_id: ownerId } });
  }

  step(number: string, step: string, result: string): Promise<Incident> {
    const path = `/incidents/${encodeURIComponent(number)}/steps/${step}`;
    return this.request(path, { method: 'POST', body: { result } });
  }

  close(number: string, review: string, falseAlarm: boolean): Promise<Incident> {
    const path = `/incidents/${encodeURIComponent(number)}/close`;
    return this.request(path, { method: 'POST', body: { review, false_alarm: falseAlarm } });
  }
}
