import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  DraftState,
  EntryState,
  KnowledgeDraft,
  KnowledgeEntry,
} from '../../../shared/api/knowledge';
import { KnowledgeApi } from '../api/knowledge';
import { useApi } from '../api/provide';

const TYPING_PAUSE_MS = 250;
const PAGE = 100;

/** `due`: somebody should look at them again by today. */
export type Standing = EntryState | DraftState | 'due';
export const STANDINGS: readonly Standing[] = [
  'published',
  'draft',
  'in_review',
  'off',
  'scheduled',
  'expired',
  'due',
];

/** The knowledge base as it is searched. */
export const useKnowledge = defineStore('knowledge', () => {
  const api = useApi(KnowledgeApi);

  const entries = ref<KnowledgeEntry[] | null>(null);
  /** Of entries that customers were never answered from. */
  const drafts = ref<KnowledgeDraft[]>([]);
  const next = ref<string | null>(null);
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  const query = ref('');
  const category = ref('');
  const standing = ref<Standing | ''>('');
  const filtered = computed(
    () => query.value.trim() !== '' || category.value !== '' || standing.value !== '',
  );
  const empty = computed(() => entries.value?.length === 0 && drafts.value.length === 0);
  let searching: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function filter() {
    const where = standing.value;
    return {
      ...(query.value.trim() && { query: query.value.trim() }),
      ...(category.value && { category: category.value }),
      ...(where === 'due' && { due_for_review: 'true' as const }),
      ...(where !== '' && where !== 'due' && { state: where }),
    };
  }

  async function load(): Promise<void> {
    clearTimeout(timer);
    searching?.abort();
    searching = new AbortController();
    const { signal } = searching;
    try {
      const found = await api.page(filter(), null, PAGE, signal);
      if (signal.aborted) return;
      entries.value = found.items;
      drafts.value = found.drafts;
      next.value = found.next;
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

  /** Raises what the desk refuses with; what is shown stays. */
  async function more(): Promise<void> {
    if (next.value === null || loadingMore.value || !searching) return;
    const { signal } = searching;
    loadingMore.value = true;
    try {
      const found = await api.page(filter(), next.value, PAGE, signal);
      if (signal.aborted) return;
      entries.value = [...(entries.value ?? []), ...found.items];
      next.value = found.next;
    } catch (problem) {
      if (!signal.aborted) throw problem;
    } finally {
      loadingMore.value = false;
    }
  }

  async function clear(): Promise<void> {
    query.value = '';
    category.value = '';
    standing.value = '';
    await load();
  }

  return {
    entries,
    drafts,
    next,
    error,
    loadingMore,
    query,
    category,
    standing,
    filtered,
    empty,
    load,
    loadSoon,
    more,
    clear,
  };
});
