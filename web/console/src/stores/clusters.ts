import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Cluster, ClusterList, Proposed } from '../../../shared/api/review';
import { useApi } from '../api/provide';
import { ReviewApi } from '../api/review';

/** Unknown questions that belong together. */
export const useClusters = defineStore('clusters', () => {
  const api = useApi(ReviewApi);
  const clusters = ref<Cluster[] | null>(null);
  /** When and of what they were made. */
  const made = ref<Omit<ClusterList, 'items'> | null>(null);
  const error = ref<unknown>(null);

  async function load(): Promise<void> {
    try {
      const { items, ...rest } = await api.clusters();
      clusters.value = items;
      made.value = rest;
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  }

  /** Makes a knowledge draft of it. */
  async function propose(id: string): Promise<Proposed> {
    const made = await api.propose(id);
    drop(id);
    return made;
  }

  async function dismiss(id: string): Promise<void> {
    await api.dismiss(id);
    drop(id);
  }

  function drop(id: string): void {
    clusters.value = clusters.value?.filter((each) => each.id !== id) ?? null;
  }

  return { clusters, made, error, load, propose, dismiss };
});
