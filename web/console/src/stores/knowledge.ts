import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { DraftState, EntryState, KnowledgeDraft } from '../../../shared/api/knowledge';
import { KnowledgeApi } from '../api/knowledge';
import { useApi } from '../api/provide';
import { usePaging } from './paging';

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

  /** Of entries that customers were never answered from. */
  const drafts = ref<KnowledgeDraft[]>([]);
  /** Entries on all pages, and those drafts. */
  const total = ref(0);
  const query = ref('');
  const category = ref('');
  const standing = ref<Standing | ''>('');
  const filtered = computed(
    () => query.value.trim() !== '' || category.value !== '' || standing.value !== '',
  );
  const { items: entries, ...paging } = usePaging(
    (cursor, signal) => api.page(filter(), cursor, PAGE, signal),
    (page) => {
      drafts.value = page.drafts;
      total.value = page.total + page.drafts.length;
    },
  );
  const empty = computed(() => entries.value?.length === 0 && drafts.value.length === 0);

  function filter() {
    const where = standing.value;
    return {
      ...(query.value.trim() && { query: query.value.trim() }),
      ...(category.value && { category: category.value }),
      ...(where === 'due' && { due_for_review: 'true' as const }),
      ...(where !== '' && where !== 'due' && { state: where }),
    };
  }

  async function clear(): Promise<void> {
    query.value = '';
    category.value = '';
    standing.value = '';
    await paging.load();
  }

  return {
    ...paging,
    entries,
    drafts,
    total,
    query,
    category,
    standing,
    filtered,
    empty,
    clear,
  };
});
