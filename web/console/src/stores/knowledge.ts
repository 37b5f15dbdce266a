import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { KnowledgeEntry } from '../../../shared/api';
import { useDesk } from '../api';

const TYPING_PAUSE_MS = 250;

/** The knowledge base as it is searched, and the entry that is being edited. */
export const useKnowledge = defineStore('knowledge', () => {
  const desk = useDesk();

  const entries = ref<KnowledgeEntry[] | null>(null);
  const error = ref<unknown>(null);
  const query = ref('');
  const category = ref('');
  const filtered = computed(() => query.value.trim() !== '' || category.value !== '');
  let searching: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    searching?.abort();
    searching = new AbortController();
    const { signal } = searching;
    const filter = {
      ...(query.value.trim() && { query: query.value.trim() }),
      ...(category.value && { category: category.value }),
    };
    try {
      const found = await desk.knowledge(filter, signal);
      if (signal.aborted) return;
      entries.value = found;
      error.value = null;
    } catch (problem) {
      if (!signal.aborted) error.value = problem;
    }
  }

  /** Search once the reader pauses. */
  function loadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), TYPING_PAUSE_MS);
  }

  async function save(
    entry: KnowledgeEntry,
    change: { answer: string; question: string; active: boolean },
  ): Promise<KnowledgeEntry> {
    const saved = await desk.saveKnowledge(entry.key, { ...change, version: entry.version });
    entries.value = (entries.value ?? []).map((each) => (each.key === saved.key ? saved : each));
    return saved;
  }

  return { entries, error, query, category, filtered, load, loadSoon, save };
});
