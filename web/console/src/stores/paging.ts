import { ref, type Ref } from 'vue';

const TYPING_PAUSE_MS = 250;

interface Page {
  items: unknown[];
  /** Cursor of the next page; null: that was all. */
  next: string | null;
}

/** A list read page by page; answers to questions asked before the last one are dropped. */
export function usePaging<P extends Page>(
  ask: (cursor: string | null, signal: AbortSignal) => Promise<P>,
  /** Takes what else the first page brings. */
  begun: (page: P) => void = () => {},
) {
  const items = ref(null) as Ref<P['items'] | null>;
  const next = ref<string | null>(null);
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    clearTimeout(timer);
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const page = await ask(null, signal);
      if (signal.aborted) return;
      items.value = page.items;
      next.value = page.next;
      error.value = null;
      begun(page);
    } catch (problem) {
      if (!signal.aborted) error.value = problem;
    }
  }

  /** Search once the reader pauses. */
  function loadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), TYPING_PAUSE_MS);
  }

  /** Raises what the desk refuses with; what is shown stays. */
  async function more(): Promise<void> {
    if (next.value === null || loadingMore.value || !asking) return;
    const { signal } = asking;
    loadingMore.value = true;
    try {
      const page = await ask(next.value, signal);
      if (signal.aborted) return;
      items.value = [...(items.value ?? []), ...page.items];
      next.value = page.next;
    } catch (problem) {
      if (!signal.aborted) throw problem;
    } finally {
      loadingMore.value = false;
    }
  }

  return { items, next, error, loadingMore, load, loadSoon, more };
}
