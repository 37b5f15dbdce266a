import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { ConversationList, ConversationSummary, View } from '../../../shared/api';
import type { InboxFilter } from '../../../shared/api/inbox';
import { useInbox } from '../api';
import { useSession } from './session';

export const VIEWS: readonly View[] = [
  'mine',
  'queue',
  'team',
  'unassigned',
  'breaching',
  'mentioned',
  'open',
  'closed',
];

const PAGE = 50;
/** As many as the desk gives at once. */
const LARGEST_PAGE = 100;

/**
 * Does a conversation stand in a view? The same rules as the desk's own; null where only the desk
 * knows (who is in whose team, who was mentioned, whose deadline is near).
 */
export function belongs(summary: ConversationSummary, view: View, userId: string): boolean | null {
  const { state } = summary;
  switch (view) {
    case 'queue':
      return state === 'queued';
    case 'mine':
      return summary.owner?.id === userId && ['active', 'wrap_up'].includes(state);
    case 'unassigned':
      return state === 'queued' || state === 'ticketed';
    case 'open':
      return state !== 'queued' && state !== 'closed' && summary.last_message !== null;
    case 'closed':
      return state === 'closed';
    case 'breaching':
    case 'mentioned':
    case 'team':
      return null;
  }
}

/** Is a conversation among those the list is narrowed to? */
export function fits(summary: ConversationSummary, filter: InboxFilter): boolean {
  const q = filter.q?.toLowerCase();
  const said = `${summary.customer.display_name}\n${summary.last_message?.text ?? ''}`;
  return (
    (!filter.priority || summary.priority === filter.priority) &&
    (!filter.category || summary.category?.key === filter.category) &&
    (!filter.channel || summary.channel === filter.channel) &&
    (!filter.tag || summary.tags.includes(filter.tag)) &&
    (!q || said.toLowerCase().includes(q))
  );
}

/** A filter without what is not set. */
export function tidied(filter: InboxFilter): InboxFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) as InboxFilter;
}

interface Listed {
  /** In the desk's order. */
  ids: readonly string[];
  /** Cursor of the next page; null: that was all. */
  next: string | null;
}

/** The lists on the left: what the desk said last, and what has changed since. */
export const useLists = defineStore('lists', () => {
  const inbox = useInbox();
  const session = useSession();

  const view = ref<View>('mine');
  const filter = ref<InboxFilter>({});
  const byId = ref(new Map<string, ConversationSummary>());
  const counts = ref(Object.fromEntries(VIEWS.map((each) => [each, 0])) as Record<View, number>);
  const listed = ref(new Map<string, Listed>());
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  /** The conversation the keyboard is at. */
  const cursor = ref<string | null>(null);

  const me = computed(() => session.user?.id ?? '');
  const key = computed(() => JSON.stringify([view.value, filter.value]));
  const items = computed(() =>
    (listed.value.get(key.value)?.ids ?? []).flatMap((id) => byId.value.get(id) ?? []),
  );
  const loading = computed(() => !listed.value.has(key.value) && error.value === null);
  const more = computed(() => (listed.value.get(key.value)?.next ?? null) !== null);
  const narrowed = computed(() => Object.keys(filter.value).length > 0);

  /** The list again, as far as it was loaded. */
  async function load(): Promise<void> {
    const [wanted, narrowedTo, at] = [view.value, filter.value, key.value];
    const found: ConversationSummary[] = [];
    const enough = Math.max(PAGE, listed.value.get(at)?.ids.length ?? 0);
    try {
      let next: string | null = null;
      do {
        const limit = Math.min(LARGEST_PAGE, enough - found.length);
        const page: ConversationList = await inbox.conversations(wanted, narrowedTo, next, limit);
        found.push(...page.items);
        next = page.next;
        counts.value = page.counts;
      } while (next !== null && found.length < enough);
      list(at, [], found, next);
      if (key.value === at) error.value = null;
    } catch (problem) {
      if (key.value === at) error.value = problem;
    }
  }

  async function loadMore(): Promise<void> {
    const [wanted, at] = [view.value, key.value];
    const before = listed.value.get(at);
    if (!before?.next || loadingMore.value) return;
    loadingMore.value = true;
    try {
      const page = await inbox.conversations(wanted, filter.value, before.next, PAGE);
      list(at, listed.value.get(at)?.ids ?? [], page.items, page.next);
    } catch (problem) {
      error.value = problem;
    } finally {
      loadingMore.value = false;
    }
  }

  function list(
    at: string,
    before: readonly string[],
    found: readonly ConversationSummary[],
    next: string | null,
  ): void {
    keep(found);
    const ids = [...new Set([...before, ...found.map((item) => item.id)])];
    listed.value = new Map(listed.value).set(at, { ids, next });
  }

  async function show(wanted: View, narrowedTo: InboxFilter = filter.value): Promise<void> {
    if (view.value !== wanted) cursor.value = null;
    view.value = wanted;
    filter.value = tidied(narrowedTo);
    error.value = null;
    await load();
  }

  /** Something about a conversation has changed. */
  function apply(summary: ConversationSummary): void {
    const before = byId.value.get(summary.id);
    keep([summary]);
    for (const each of VIEWS) {
      const was = before && belongs(before, each, me.value);
      const is = belongs(summary, each, me.value);
      // what was never loaded may have been counted already; the next answer of the desk settles it
      if (was !== undefined && was !== null && was !== is) counts.value[each] += is ? 1 : -1;
    }
    place(summary);
  }

  /** A conversation is not there for this agent any more. */
  function remove(id: string): void {
    const next = new Map(byId.value);
    next.delete(id);
    byId.value = next;
  }

  /**
   * Puts a changed conversation into the shown list or takes it out, where that can be told. In
   * whose turn the queue is only the desk knows: there it stays where it is, or comes last until
   * the desk is asked again. In the other views what changed last comes first.
   */
  function place(summary: ConversationSummary): void {
    const before = listed.value.get(key.value);
    if (!before) return;
    const there = before.ids.includes(summary.id);
    const inView = belongs(summary, view.value, me.value) ?? there;
    const is = inView && fits(summary, filter.value);
    if ((there && is && view.value === 'queue') || (!there && !is)) return;
    const ids = before.ids.filter((id) => id !== summary.id);
    if (is) {
      const older = ids.findIndex((id) => changedAt(id) <= summary.updated_at);
      ids.splice(view.value === 'queue' || older < 0 ? ids.length : older, 0, summary.id);
    }
    listed.value = new Map(listed.value).set(key.value, { ...before, ids });
  }

  function changedAt(id: string): string {
    return byId.value.get(id)?.updated_at ?? '';
  }

  function keep(summaries: readonly ConversationSummary[]): void {
    const next = new Map(byId.value);
    for (const summary of summaries) next.set(summary.id, summary);
    byId.value = next;
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
    listed.value = new Map();
    filter.value = {};
    cursor.value = null;
    error.value = null;
  }

  return {
    view,
    filter,
    byId,
    counts,
    error,
    cursor,
    items,
    loading,
    loadingMore,
    more,
    narrowed,
    load,
    loadMore,
    show,
    apply,
    remove,
    move,
    reset,
  };
});
