import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Team } from '../../../shared/api/people';
import { PeopleApi } from '../api/people';
import { useApi } from '../api/provide';

/** The teams of the desk, for lists to choose from. */
export const useTeams = defineStore('teams', () => {
  const people = useApi(PeopleApi);
  const all = ref<Team[]>([]);

  /** Without the list one can still keep the team there is. */
  async function load(): Promise<void> {
    try {
      all.value = await people.teams();
    } catch {
      all.value = [];
    }
  }

  return { all, load };
});
