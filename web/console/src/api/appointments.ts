import type { Appointment, FreeTime } from '../../../shared/api/appointments';
import type { Request } from './http';

/** Home-service appointments. */
export class AppointmentsApi {
  constructor(private readonly request: Request) {}

  /** Those that begin from `from` on and before `to` (milliseconds), in order. */
  between(from: number, to: number): Promise<Appointment[]> {
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return this.request('/appointments', { query });
  }

  async freeTimes(number: string): Promise<FreeTime[]> {
    return (await this.request<{ items: FreeTime[] }>(path(number, 'slots'))).items;
  }

  change(number: string, startsAt: string): Promise<Appointment> {
    const body = { starts_at: startsAt };
    return this.request(path(number, 'change'), { method: 'POST', body });
  }

  cancel(number: string): Promise<Appointment> {
    return this.request(path(number, 'cancel'), { method: 'POST' });
  }

  complete(number: string): Promise<Appointment> {
    return this.request(path(number, 'complete'), { method: 'POST' });
  }
}

function path(number: string, what: string): string {
  return `/appointments/${encodeURIComponent(number)}/${what}`;
}
