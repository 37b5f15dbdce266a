import { computed, onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ReviewLabel } from '../../../../shared/api/review';
import { KnowledgeApi } from '../../api/knowledge';
import { useApi } from '../../api/provide';
import { useLabelNames } from '../../stores/label-names';

const TYPING_PAUSE_MS = 200;
const MOST_ENTRIES = 8;
/** So many are asked for, as those whose own question fits may not be the first. */
const MOST_ASKED = 50;
const MOST_INTENTS = 5;
/** They stand for something else, or have an option of their own. */
const NOT_OFFERED = new Set(['faq', 'nlu_fallback', 'out_of_scope', 'ask_human']);

export interface LabelOption extends ReviewLabel {
  title: string;
}

export interface LabelSearch {
  query: Ref<string>;
  options: ComputedRef<LabelOption[]>;
  searching: Ref<boolean>;
  problem: Ref<unknown>;
}

/** Those whose own question has the words before those where another wording or the answer has. */
export function byTitle<T extends { question: string }>(items: readonly T[], typed: string): T[] {
  const words = typed.toLowerCase();
  const rank = ({ question }: T): number => (question.toLowerCase().includes(words) ? 0 : 1);
  return items.toSorted((one, other) => rank(one) - rank(other));
}

/** Entries and intents that fit what is typed, and the two answers that are always there. */
export function useLabelSearch(): LabelSearch {
  const { t } = useI18n();
  const knowledge = useApi(KnowledgeApi);
  const names = useLabelNames();
  void names.load();

  const query = ref('');
  const entries = ref<LabelOption[]>([]);
  const searching = ref(false);
  const problem = ref<unknown>(null);
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const options = computed(() => [
    ...entries.value,
    ...intentsFor(query.value.trim().toLowerCase()),
    ...fixed().filter(({ title }) => title.includes(query.value.trim())),
  ]);

  function intentsFor(typed: string): LabelOption[] {
    return names.intents
      .filter((each) => each.active && !NOT_OFFERED.has(each.name))
      .filter(({ name, title }) => `${title} ${name}`.toLowerCase().includes(typed))
      .slice(0, MOST_INTENTS)
      .map(({ name, title }) => ({ kind: 'intent', key: name, title }));
  }

  function fixed(): LabelOption[] {
    return [
      { kind: 'out_of_scope', key: '', title: t('review.pick.outOfScope') },
      { kind: 'human', key: '', title: t('review.pick.human') },
    ];
  }

  async function search(): Promise<void> {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const typed = query.value.trim();
    try {
      const filter = { ...(typed && { query: typed }), state: 'published' } as const;
      const page = await knowledge.page(filter, null, typed ? MOST_ASKED : MOST_ENTRIES, signal);
      if (signal.aborted) return;
      entries.value = byTitle(page.items, typed)
        .slice(0, MOST_ENTRIES)
        .map((each) => ({ kind: 'faq', key: each.key, title: each.question }));
      problem.value = null;
    } catch (error) {
      if (!signal.aborted) problem.value = error;
    } finally {
      if (!signal.aborted) searching.value = false;
    }
  }

  function searchSoon(): void {
    searching.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => void search(), TYPING_PAUSE_MS);
  }

  watch(query, searchSoon, { immediate: true });
  onBeforeUnmount(() => {
    clearTimeout(timer);
    asking?.abort();
  });
  return { query, options, searching, problem };
}
