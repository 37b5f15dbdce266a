/** Home-service appointments (`api/appointments`). */
import type { Labelled } from '../api';

export type AppointmentState = 'booked' | 'changed' | 'cancelled' | 'done';

export interface Appointment {
  number: string;
  service: Labelled;
  starts_at: string;
  ends_at: string;
  state: AppointmentState;
  city: string | null;
  address_masked: string;
  contact_masked: string;
  /** Where it was booked; null: elsewhere than at this desk. */
  conversation_id: string | null;
}

/** A time to which an appointment can be moved. */
export interface FreeTime {
  starts_at: string;
  ends_at: string;
}
