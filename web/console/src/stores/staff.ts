import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Agent } from '../../../shared/api';
import type { AgentChange, NewAgent, Team, TeamChange } from '../../../shared/api/people';
import { PeopleApi } from '../api/people';
import { useApi } from '../api/provide';

/** Accounts and teams, for whoever looks after them. What the desk refuses is raised. */
export const useStaff = defineStore('staff', () => {
  const api = useApi(PeopleApi);
  const all = ref<Agent[] | null>(null);
  const teams = ref<Team[] | null>(null);
  const error = ref<unknown>(null);
  const active = computed(() => all.value?.filter((agent) => agent.active) ?? []);

  async function load(): Promise<void> {
    error.value = null;
    try {
      [all.value, teams.value] = await Promise.all([api.all(), api.teams()]);
    } catch (problem) {
      error.value = problem;
    }
  }

  async function create(account: NewAgent): Promise<Agent> {
    const made = await api.create(account);
    keep(made);
    return made;
  }

  async function change(id: string, wanted: AgentChange): Promise<void> {
    keep(await api.change(id, wanted));
    // a team counts its members
    if ('team_id' in wanted || 'active' in wanted) teams.value = await api.teams();
  }

  async function createTeam(team: TeamChange): Promise<void> {
    await api.createTeam(team);
    teams.value = await api.teams();
  }

  async function changeTeam(id: string, team: TeamChange): Promise<void> {
    await api.changeTeam(id, team);
    await load();
  }

  function keep(agent: Agent): void {
    const others = (all.value ?? []).filter((each) => each.id !== agent.id);
    all.value = [...others, agent].sort((one, other) =>
      one.display_name.localeCompare(other.display_name, 'zh-CN'),
    );
  }

  return { all, teams, error, active, load, create, change, createTeam, changeTeam };
});
