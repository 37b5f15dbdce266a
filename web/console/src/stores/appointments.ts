import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Appointment } from '../../../shared/api/appointments';
import { AppointmentsApi } from '../api/appointments';
import { useApi } from '../api/provide';
import { mondayOf } from '../format/week';
import { addDays, dayOf, startOf } from '../format/zone';

/** The appointments of a week. */
export const useAppointments = defineStore('appointments', () => {
  const api = useApi(AppointmentsApi);
  const monday = ref(mondayOf(dayOf(Date.now())));
  const items = ref<Appointment[] | null>(null);
  const error = ref<unknown>(null);
  let asked = 0;

  async function load(): Promise<void> {
    const mine = ++asked;
    try {
      const found = await api.between(startOf(monday.value), startOf(addDays(monday.value, 7)));
      if (mine !== asked) return;
      items.value = found;
      error.value = null;
    } catch (problem) {
      if (mine === asked) error.value = problem;
    }
  }

  /** Shows the week of a day. */
  async function show(day: string): Promise<void> {
    monday.value = mondayOf(day);
    items.value = null;
    error.value = null;
    await load();
  }

  /** One has changed, perhaps to another week. */
  function apply(changed: Appointment): void {
    const start = Date.parse(changed.starts_at);
    const here = start >= startOf(monday.value) && start < startOf(addDays(monday.value, 7));
    const others = (items.value ?? []).filter((each) => each.number !== changed.number);
    items.value = here ? [...others, changed] : others;
  }

  return { monday, items, error, load, show, apply };
});
