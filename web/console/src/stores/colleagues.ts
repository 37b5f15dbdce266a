import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Agent } from '../../../shared/api';
import { useInbox } from '../api';
import { useSession } from './session';

const ORDER: readonly Agent['effective_presence'][] = ['online', 'busy', 'break', 'offline'];

/** Who may be given a conversation of `category`: present first, then skilled, then with time. */
export function byFitness(category: string | null): (one: Agent, other: Agent) => number {
  return (one, other) =>
    ORDER.indexOf(one.effective_presence) - ORDER.indexOf(other.effective_presence) ||
    levelOf(other, category) - levelOf(one, category) ||
    one.load / Math.max(1, one.capacity) - other.load / Math.max(1, other.capacity) ||
    one.display_name.localeCompare(other.display_name, 'zh-CN');
}

/** How well somebody knows a business line, 0 (not at all) to 5. */
export function levelOf(agent: Agent, category: string | null): number {
  return agent.skills.find((skill) => skill.category.key === category)?.level ?? 0;
}

/** Is the business line theirs? Nobody is asked about 其他; who has no skills set knows a little of all. */
export function knows(agent: Agent, category: string): boolean {
  return category === 'other' || agent.skills.length === 0 || levelOf(agent, category) > 0;
}

export interface LineStanding {
  /** Who looks after the business line and is at work. */
  online: number;
  /** … and who looks after it, but is not. */
  away: number;
}

/** Who of these can be given a conversation of a business line now. */
export function lineStanding(agents: readonly Agent[], category: string): LineStanding {
  const able = agents.filter((agent) => agent.capacity > 0 && knows(agent, category));
  const online = able.filter((agent) => agent.effective_presence === 'online').length;
  return { online, away: able.length - online };
}

/** Everybody who works here. */
export const useColleagues = defineStore('colleagues', () => {
  const inbox = useInbox();
  const session = useSession();

  const all = ref<Agent[]>([]);
  const error = ref<unknown>(null);
  const loading = ref(false);
  const others = computed(() => all.value.filter((agent) => agent.id !== session.user?.id));

  async function load(): Promise<void> {
    loading.value = all.value.length === 0;
    try {
      all.value = (await inbox.agents()).filter((agent) => agent.active);
      error.value = null;
    } catch (problem) {
      error.value = problem;
    } finally {
      loading.value = false;
    }
  }

  /** Somebody's presence or load has changed. */
  function apply(agent: Agent): void {
    all.value = all.value.map((each) => (each.id === agent.id ? agent : each));
  }

  function nameOf(id: string): string | null {
    return all.value.find((agent) => agent.id === id)?.display_name ?? null;
  }

  return { all, others, error, loading, load, apply, nameOf };
});
