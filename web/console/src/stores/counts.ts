import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { AlertsApi } from '../api/alerts';
import { useApi } from '../api/provide';
import { ShellApi } from '../api/shell';
import { useLists } from './lists';

export interface Count {
  value: number;
  /** Something of it is late. */
  urgent: boolean;
}

/** So long after a change the counts are asked for again, however many more changes follow. */
const SETTLE_MS = 2_000;

/** What waits behind the links of the navigation. */
export const useCounts = defineStore('counts', () => {
  const shell = useApi(ShellApi);
  const alertsApi = useApi(AlertsApi);
  const lists = useLists();
  const asked = ref<Record<'tickets' | 'followUps' | 'alerts', Count>>(nothing());
  let timer: ReturnType<typeof setTimeout> | undefined;

  const counts = computed<Record<string, Count>>(() => ({
    desk: { value: lists.counts.queue, urgent: lists.counts.breaching > 0 },
    tickets: asked.value.tickets,
    'follow-ups': asked.value.followUps,
    alerts: asked.value.alerts,
  }));

  /** Each count by itself: what cannot be had stays as it was. */
  async function load(): Promise<void> {
    await Promise.all([
      keep('tickets', async () => {
        const found = await shell.ticketCounts();
        return { value: found['mine'] ?? 0, urgent: (found['breaching'] ?? 0) > 0 };
      }),
      keep('followUps', async () => ({ value: await shell.followUpsDue(), urgent: false })),
      keep('alerts', async () => {
        const { items } = await alertsApi.alerts(true);
        const untaken = items.filter((alert) => alert.acknowledged_at === null);
        return { value: untaken.length, urgent: untaken.length > 0 };
      }),
    ]);
  }

  async function keep(name: keyof typeof asked.value, ask: () => Promise<Count>): Promise<void> {
    try {
      asked.value = { ...asked.value, [name]: await ask() };
    } catch {
      // a count is no reason to disturb anybody; the page behind it says what is wrong
    }
  }

  function loadSoon(): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void load();
    }, SETTLE_MS);
  }

  function reset(): void {
    clearTimeout(timer);
    timer = undefined;
    asked.value = nothing();
  }

  return { counts, load, loadSoon, reset };
});

function nothing(): Record<'tickets' | 'followUps' | 'alerts', Count> {
  const none: Count = { value: 0, urgent: false };
  return { tickets: none, followUps: none, alerts: none };
}
