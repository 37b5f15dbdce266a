import type { Agent, Presence } from '../../../../shared/api';

const ORDER: readonly Presence[] = ['online', 'busy', 'break', 'offline'];

/** Whom a supervisor looks at first: who is there, then who has most to do. */
export function inAttention(one: Agent, other: Agent): number {
  return (
    ORDER.indexOf(one.effective_presence) - ORDER.indexOf(other.effective_presence) ||
    fullness(other) - fullness(one) ||
    one.display_name.localeCompare(other.display_name, 'zh-CN')
  );
}

/** Who may be given work by hand: who is there, then who has most room, found by `query`. */
export function candidates<T extends Agent>(
  agents: readonly T[],
  query: string,
  except: string | null,
): T[] {
  const wanted = query.trim().toLowerCase();
  return agents
    .filter((agent) => agent.id !== except && agent.active)
    .filter((agent) =>
      [agent.display_name, agent.username].some((name) => name.toLowerCase().includes(wanted)),
    )
    .sort(
      (one, other) =>
        ORDER.indexOf(one.effective_presence) - ORDER.indexOf(other.effective_presence) ||
        fullness(one) - fullness(other) ||
        one.display_name.localeCompare(other.display_name, 'zh-CN'),
    );
}

/** Share of the capacity in use; who has none counts as full. */
function fullness(agent: Agent): number {
  return agent.capacity > 0 ? agent.load / agent.capacity : 1;
}
