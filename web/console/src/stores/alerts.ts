import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Alert, Grade, Incident, NewIncident } from '../../../shared/api/alerts';
import { AlertsApi } from '../api/alerts';
import { useApi } from '../api/provide';

/** What is known already when somebody registers an incident. */
export interface IncidentDraft {
  title?: string;
  description?: string;
  category?: string;
  conversation_id?: string;
}

const NO_MORE = { alerts: null, incidents: null };

/** Alerts and incidents as the page shows them. */
export const useAlerts = defineStore('alerts', () => {
  const api = useApi(AlertsApi);
  const onlyOpen = ref(true);
  const alerts = ref<Alert[] | null>(null);
  const incidents = ref<Incident[] | null>(null);
  const incident = ref<Incident | null>(null);
  /** What is being registered, from wherever; null: nothing is. */
  const draft = ref<IncidentDraft | null>(null);
  const error = ref<unknown>(null);
  const incidentError = ref<unknown>(null);

  /** Cursors of the next pages; null: that was all. */
  const next = ref<{ alerts: string | null; incidents: string | null }>(NO_MORE);
  const loadingMore = ref(false);

  async function loadAlerts(): Promise<void> {
    await reading(async (open) => {
      const page = await api.alerts(open);
      return () => {
        alerts.value = page.items;
        next.value = { ...next.value, alerts: page.next };
      };
    });
  }

  async function loadIncidents(): Promise<void> {
    await reading(async (open) => {
      const page = await api.incidents(open);
      return () => {
        incidents.value = page.items;
        next.value = { ...next.value, incidents: page.next };
      };
    });
  }

  /** The page behind what is shown; raises what the desk refuses with. */
  async function more(what: 'alerts' | 'incidents'): Promise<void> {
    const cursor = next.value[what];
    if (cursor === null || loadingMore.value) return;
    const open = onlyOpen.value;
    loadingMore.value = true;
    try {
      const page = await (what === 'alerts'
        ? api.alerts(open, cursor)
        : api.incidents(open, cursor));
      if (open !== onlyOpen.value) return;
      if (what === 'alerts') alerts.value = [...(alerts.value ?? []), ...(page.items as Alert[])];
      else incidents.value = [...(incidents.value ?? []), ...(page.items as Incident[])];
      next.value = { ...next.value, [what]: page.next };
    } finally {
      loadingMore.value = false;
    }
  }

  /** An answer that was overtaken by another choice is dropped. */
  async function reading(ask: (open: boolean) => Promise<() => void>): Promise<void> {
    const open = onlyOpen.value;
    try {
      const show = await ask(open);
      if (open !== onlyOpen.value) return;
      show();
      error.value = null;
    } catch (problem) {
      if (open === onlyOpen.value) error.value = problem;
    }
  }

  async function show(number: string): Promise<void> {
    if (incident.value?.number !== number) incident.value = null;
    incidentError.value = null;
    try {
      incident.value = await api.incident(number);
    } catch (problem) {
      incidentError.value = problem;
    }
  }

  async function acknowledge(id: string): Promise<void> {
    receive(await api.acknowledge(id));
  }

  /** An alert was raised, taken or has ended. */
  function receive(alert: Alert): void {
    if (!alerts.value) return;
    const others = alerts.value.filter((each) => each.id !== alert.id);
    const shown = !onlyOpen.value || alert.ended_at === null;
    alerts.value = (shown ? [...others, alert] : others).sort((one, other) =>
      other.raised_at.localeCompare(one.raised_at),
    );
  }

  async function open(fresh: NewIncident): Promise<Incident> {
    const opened = await api.open(fresh);
    incidents.value = [opened, ...(incidents.value ?? [])];
    return opened;
  }

  async function step(number: string, name: string, result: string): Promise<void> {
    keep(await api.step(number, name, result));
  }

  async function close(number: string, review: string, falseAlarm = false): Promise<void> {
    keep(await api.close(number, review, falseAlarm));
  }

  async function regrade(number: string, grade: Grade): Promise<void> {
    keep(await api.change(number, { grade }));
  }

  /** Who has the incident. */
  async function give(number: string, ownerId: string | null): Promise<void> {
    keep(await api.change(number, { owner_id: ownerId }));
  }

  /** Who is in charge of one step; nobody of its own: who has the incident. */
  async function giveStep(number: string, step: string, ownerId: string | null): Promise<void> {
    keep(await api.giveStep(number, step, ownerId));
  }

  function keep(changed: Incident): void {
    if (incident.value?.number === changed.number) incident.value = changed;
    incidents.value =
      incidents.value?.map((each) => (each.number === changed.number ? changed : each)) ?? null;
  }

  return {
    onlyOpen,
    alerts,
    incidents,
    incident,
    draft,
    error,
    incidentError,
    loadAlerts,
    loadIncidents,
    next,
    loadingMore,
    more,
    show,
    acknowledge,
    receive,
    open,
    step,
    close,
    regrade,
    give,
    giveStep,
  };
});
