import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { ConversationSummary, View } from '../../../shared/api';
import { useDesk } from '../api';
import { useSession } from './session';

export const VIEWS: readonly View[] = ['mine', 'queue', 'open', 'closed'];

/** The desk sends at most so many; of a full page one cannot say what is missing. */
const PAGE = 200;

/** Does a conversation stand in a view? The same rules as the desk's own lists. */
export function belongs(summary: ConversationSummary, view: View, userId: string): boolean {
  switch (view) {
    case 'queue':
      return summary.state === 'queued';
    case 'mine':
      return summary.owner?.id === userId && ['active', 'wrap_up'].includes(summary.state);
    case 'open':
      return ['bot', 'active', 'ticketed'].includes(summary.state) && summary.last_message !== null;
    case 'closed':
      return summary.state === 'closed';
  }
}

/** The queue by priority and wait, the others newest first. */
export function inOrder(
  view: View,
): (one: ConversationSummary, other: ConversationSummary) => number {
  if (view !== 'queue') return (one, other) => compare(other.updated_at, one.updated_at);
  return (one, other) =>
    compare(one.priority ?? 'P9', other.priority ?? 'P9') ||
    compare(one.queued_at ?? '', other.queued_at ?? '');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The lists on the left: what the desk said last, and what has changed since. */
export const useLists = defineStore('lists', () => {
  const desk = useDesk();
  const session = useSession();

  const view = ref<View>('mine');
  const byId = ref(new Map<string, ConversationSummary>());
  const counts = ref<Record<View, number>>({ mine: 0, queue: 0, open: 0, closed: 0 });
  const loaded = ref(new Set<View>());
  const error = ref<unknown>(null);
  /** The conversation the keyboard is at. */
  const cursor = ref<string | null>(null);

  const me = computed(() => session.user?.id ?? '');
  const items = computed(() =>
    [...byId.value.values()]
      .filter((summary) => belongs(summary, view.value, me.value))
      .sort(inOrder(view.value)),
  );
  const loading = computed(() => !loaded.value.has(view.value) && error.value === null);

  async function load(wanted: View = view.value): Promise<void> {
    try {
      const list = await desk.conversations(wanted);
      const next = new Map(byId.value);
      if (list.items.length < PAGE) {
        for (const [id, summary] of next) if (belongs(summary, wanted, me.value)) next.delete(id);
      }
      for (const summary of list.items) next.set(summary.id, summary);
      byId.value = next;
      counts.value = list.counts;
      loaded.value = new Set([...loaded.value, wanted]);
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  }

  async function show(wanted: View): Promise<void> {
    if (view.value !== wanted) {
      view.value = wanted;
      cursor.value = null;
    }
    await load(wanted);
  }

  /** Something about a conversation has changed. */
  function apply(summary: ConversationSummary): void {
    const before = byId.value.get(summary.id);
    const next = new Map(byId.value).set(summary.id, summary);
    byId.value = next;
    for (const each of VIEWS) {
      const was = before !== undefined && belongs(before, each, me.value);
      const is = belongs(summary, each, me.value);
      // what was never loaded may have been counted already; the next answer of the desk settles it
      if (before !== undefined && was !== is) counts.value[each] += is ? 1 : -1;
    }
  }

  /** Moves the cursor; returns where it is now. */
  function move(step: 1 | -1): string | null {
    const ids = items.value.map((summary) => summary.id);
    const at = cursor.value === null ? -1 : ids.indexOf(cursor.value);
    const to = at < 0 ? (step > 0 ? 0 : ids.length - 1) : at + step;
    cursor.value = ids[Math.max(0, Math.min(ids.length - 1, to))] ?? null;
    return cursor.value;
  }

  function reset(): void {
    byId.value = new Map();
    loaded.value = new Set();
    cursor.value = null;
    error.value = null;
  }

  return { view, byId, counts, error, cursor, items, loading, load, show, apply, move, reset };
});
