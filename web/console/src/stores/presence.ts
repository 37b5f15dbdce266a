import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Agent, Presence } from '../../../shared/api';
import type { NotifyBy, OwnAccount } from '../../../shared/api/people';
import { PeopleApi } from '../api/people';
import { useApi } from '../api/provide';

/** One's own account: whether one is there, and how one wants to be told. */
export const usePresence = defineStore('presence', () => {
  const people = useApi(PeopleApi);
  const account = ref<OwnAccount | null>(null);
  /** What was chosen a moment ago and the desk has not confirmed yet. */
  const wanted = ref<Presence | null>(null);
  const presence = computed(() => wanted.value ?? account.value?.presence ?? null);

  async function load(): Promise<void> {
    account.value = await people.me();
  }

  /** Raises what the desk refuses with; what was shown before is shown again then. */
  async function choose(next: Presence): Promise<void> {
    wanted.value = next;
    try {
      apply(await people.setPresence(next));
    } finally {
      if (wanted.value === next) wanted.value = null;
    }
  }

  async function changeNotices(notify: NotifyBy, email: string | null): Promise<void> {
    account.value = await people.changeMe({ notify, email });
  }

  /** Somebody's presence has changed; only one's own counts here. */
  function apply(agent: Agent): void {
    if (account.value?.id === agent.id) account.value = { ...account.value, ...agent };
  }

  function reset(): void {
    account.value = null;
    wanted.value = null;
  }

  return { account, presence, load, choose, changeNotices, apply, reset };
});
