import { onScopeDispose, ref, type Ref } from 'vue';
import type { SimilarEntry, SimilarList } from '../../../../shared/api/knowledge';

/** So long after the last key it is looked for. */
export const PAUSE_MS = 350;
/** So long after an answer that is not complete it is asked again. */
export const AGAIN_MS = 3000;
/** Shorter texts are like everything. */
const SHORTEST = 2;

export type AskSimilar = (text: string, signal: AbortSignal) => Promise<SimilarList>;

export interface Similar {
  found: Readonly<Ref<readonly SimilarEntry[]>>;
  /** Some questions are not read yet: there may be more. */
  incomplete: Readonly<Ref<boolean>>;
  /** Asks once the writer pauses; an older question is dropped. */
  look(text: string): void;
  clear(): void;
}

/** Entries with a question like the one that is being written. */
export function useSimilar(ask: AskSimilar): Similar {
  const found = ref<readonly SimilarEntry[]>([]);
  const incomplete = ref(false);
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = '';

  function stop(): void {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  }

  function clear(): void {
    stop();
    last = '';
    found.value = [];
    incomplete.value = false;
  }

  function look(typed: string): void {
    const text = typed.trim();
    if (text === last) return;
    if (text.length < SHORTEST) return clear();
    stop();
    last = text;
    timer = setTimeout(() => void run(text), PAUSE_MS);
  }

  async function run(text: string): Promise<void> {
    const mine = new AbortController();
    asking = mine;
    try {
      const { items, complete } = await ask(text, mine.signal);
      if (asking !== mine) return;
      found.value = items;
      incomplete.value = !complete;
      if (!complete) timer = setTimeout(() => void run(text), AGAIN_MS);
    } catch {
      // it is a hint: the desk looks again when it is published
      if (asking === mine) found.value = [];
    }
  }

  onScopeDispose(stop);
  return { found, incomplete, look, clear };
}
