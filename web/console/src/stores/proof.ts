import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Proof } from '../../../shared/api/training';
import { TrainingApi } from '../api/training';
import { useApi } from '../api/provide';

/** A proof takes about a minute to make: it is asked for again so often. */
const AGAIN_MS = 3_000;

/** One release beside another one. */
export const useProof = defineStore('proof', () => {
  const api = useApi(TrainingApi);
  const proof = ref<Proof | null>(null);
  /** It is being made. */
  const making = ref(false);
  /** When the last try to make it has failed; null while none has. */
  const failedAt = ref<string | null>(null);
  const error = ref<unknown>(null);
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Without `against`: beside the live release. */
  async function show(number: number, against: number | null = null): Promise<void> {
    leave();
    const other = against ?? proof.value?.against;
    if (proof.value?.release !== number || proof.value.against !== other) proof.value = null;
    await ask(number, against);
  }

  async function ask(number: number, against: number | null): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await api.proof(number, against, signal);
      if (signal.aborted) return;
      error.value = null;
      making.value = 'state' in found && found.state === 'making';
      failedAt.value = 'failed_at' in found ? found.failed_at : null;
      if (making.value) timer = setTimeout(() => void ask(number, against), AGAIN_MS);
      else if (!('state' in found)) proof.value = found;
    } catch (problem) {
      if (signal.aborted) return;
      making.value = false;
      error.value = problem;
    }
  }

  /** Have it made once more. */
  async function again(number: number, against: number | null): Promise<void> {
    leave();
    making.value = true;
    asking = new AbortController();
    const { signal } = asking;
    try {
      await api.orderProof(number, against);
    } catch (problem) {
      if (signal.aborted) return;
      making.value = false;
      error.value = problem;
      return;
    }
    if (!signal.aborted) await ask(number, against);
  }

  /** Ask no more. */
  function leave(): void {
    asking?.abort();
    clearTimeout(timer);
    making.value = false;
    failedAt.value = null;
    error.value = null;
  }

  return { proof, making, failedAt, error, show, again, leave };
});
