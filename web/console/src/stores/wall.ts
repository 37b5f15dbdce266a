import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AgentServerFrame } from '../../../shared/api';
import type { QueueNow } from '../../../shared/api/inbox';
import type { Wall } from '../../../shared/api/wall';
import { useApi } from '../api/provide';
import { WallApi } from '../api/wall';

/** So long after a change the desk is asked again, however many more changes follow. */
const SETTLE_MS = 1_000;
const TELLING: readonly AgentServerFrame['type'][] = ['ready', 'refresh', 'wall'];

/** What goes on at the desk now. */
export const useWall = defineStore('wall', () => {
  const api = useApi(WallApi);
  const wall = ref<Wall | null>(null);
  const queue = ref<QueueNow | null>(null);
  const error = ref<unknown>(null);
  const queueError = ref<unknown>(null);
  /** When the figures were read, in milliseconds: durations in them count from here. */
  const readAt = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const names = computed(
    () => new Map(wall.value?.agents.map((agent) => [agent.id, agent.display_name])),
  );

  async function load(): Promise<void> {
    const [figures, waiting] = await Promise.allSettled([api.wall(), api.queue()]);
    if (figures.status === 'fulfilled') {
      wall.value = figures.value;
      readAt.value = Date.now();
    }
    error.value = figures.status === 'rejected' ? figures.reason : null;
    if (waiting.status === 'fulfilled') queue.value = waiting.value;
    queueError.value = waiting.status === 'rejected' ? waiting.reason : null;
  }

  function loadSoon(): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void load();
    }, SETTLE_MS);
  }

  /** A frame of the desk. Presence is shown at once, all else is asked for. */
  function hear(frame: AgentServerFrame): void {
    if (frame.type === 'presence' && wall.value) {
      const agents = wall.value.agents.map((agent) =>
        agent.id === frame.agent.id ? { ...agent, ...frame.agent } : agent,
      );
      wall.value = { ...wall.value, agents };
    }
    if (TELLING.includes(frame.type)) loadSoon();
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  async function take(id: string): Promise<void> {
    await api.take(id);
    await load();
  }

  async function assign(id: string, agentId: string): Promise<void> {
    await api.assign(id, agentId);
    await load();
  }

  async function whisper(id: string, text: string): Promise<void> {
    await api.whisper(id, text);
  }

  return {
    wall,
    queue,
    error,
    queueError,
    readAt,
    names,
    load,
    loadSoon,
    hear,
    stop,
    take,
    assign,
    whisper,
  };
});
