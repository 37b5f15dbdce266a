import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Tried, Why } from '../../../shared/api/why';
import { useApi } from '../api/provide';
import { WhyApi } from '../api/why';

/** Why a message of the opened conversation was answered as it was. */
export const useWhy = defineStore('why', () => {
  const api = useApi(WhyApi);
  /** The message that is asked about; null: the panel is closed. */
  const seq = ref<number | null>(null);
  const why = ref<Why | null>(null);
  const error = ref<unknown>(null);
  const tried = ref<Tried | null>(null);
  const trying = ref(false);
  const tryError = ref<unknown>(null);
  let asking: AbortController | null = null;
  let attempting: AbortController | null = null;

  async function open(conversationId: string, wanted: number): Promise<void> {
    close();
    seq.value = wanted;
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await api.why(conversationId, wanted, signal);
      if (!signal.aborted) why.value = found;
    } catch (problem) {
      if (!signal.aborted) error.value = problem;
    }
  }

  /** Ask a release about a text; null: the live one. */
  async function attempt(text: string, release: number | null): Promise<void> {
    attempting?.abort();
    attempting = new AbortController();
    const { signal } = attempting;
    trying.value = true;
    tryError.value = null;
    try {
      const found = await api.attempt(text, release, signal);
      if (!signal.aborted) tried.value = found;
    } catch (problem) {
      if (!signal.aborted) tryError.value = problem;
    } finally {
      if (!signal.aborted) trying.value = false;
    }
  }

  function close(): void {
    asking?.abort();
    attempting?.abort();
    seq.value = null;
    why.value = null;
    error.value = null;
    tried.value = null;
    trying.value = false;
    tryError.value = null;
  }

  return { seq, why, error, tried, trying, tryError, open, attempt, close };
});
