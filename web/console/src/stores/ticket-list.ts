import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import {
  TICKET_STATES,
  TICKET_VIEWS,
  type TicketCounts,
  type TicketDetail,
  type TicketFilter,
  type TicketSummary,
  type TicketView,
} from '../../../shared/api/tickets';
import { useApi } from '../api/provide';
import { TicketsApi } from '../api/tickets';
import { PRIORITIES } from '../ui/choices';

const PAGE = 50;

/** So long after a change the list is asked for again, however many more changes follow. */
const SETTLE_MS = 2_000;
const TEXTS = ['category', 'nature', 'q', 'tag', 'customer_id', 'conversation_id'] as const;

type Query = Record<string, unknown>;

/** The list an address asks for: `?view=…&priority=…`. What it does not understand is left out. */
export function readQuery(query: Query): { view: TicketView; filter: TicketFilter } {
  const filter: TicketFilter = {};
  const state = oneOf(TICKET_STATES, query['state']);
  const priority = oneOf(PRIORITIES, query['priority']);
  if (state) filter.state = state;
  if (priority) filter.priority = priority;
  for (const key of TEXTS) {
    const value = query[key];
    if (typeof value === 'string' && value.trim()) filter[key] = value.trim();
  }
  return { view: oneOf(TICKET_VIEWS, query['view']) ?? 'mine', filter };
}

/** The address of a list; the other way round of `readQuery`. */
export function writeQuery(view: TicketView, filter: TicketFilter): Record<string, string> {
  const given = Object.entries(filter).filter(([, value]) => value);
  return { view, ...Object.fromEntries(given) };
}

/** What a list shows of a ticket. */
export function summaryOf(detail: TicketDetail): TicketSummary {
  return { ...detail };
}

/** The tickets that are listed: a page after the other, the newest first. */
export const useTicketList = defineStore('ticket-list', () => {
  const api = useApi(TicketsApi);

  const view = ref<TicketView>('mine');
  const filter = ref<TicketFilter>({});
  const items = ref<TicketSummary[] | null>(null);
  const counts = ref<TicketCounts | null>(null);
  const next = ref<string | null>(null);
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  /** Rises with every list that is asked for, so that a late answer to another one is thrown away. */
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const narrowed = computed(() => Object.keys(filter.value).length > 0);
  const more = computed(() => next.value !== null);

  /** Shows another list. */
  async function show(wanted: TicketView, narrowedTo: TicketFilter): Promise<void> {
    view.value = wanted;
    filter.value = narrowedTo;
    items.value = null;
    next.value = null;
    await load();
  }

  /** The list as it is now; as many tickets as are shown are asked for again, up to a hundred. */
  async function load(): Promise<void> {
    const mine = ++asked;
    error.value = null;
    const limit = Math.min(100, Math.max(PAGE, items.value?.length ?? 0));
    try {
      const page = await api.page(view.value, filter.value, null, limit);
      if (mine !== asked) return;
      items.value = page.items;
      next.value = page.next;
      if (page.counts) counts.value = page.counts;
    } catch (problem) {
      if (mine === asked) error.value = problem;
    }
  }

  async function loadMore(): Promise<void> {
    if (next.value === null || loadingMore.value) return;
    const mine = asked;
    loadingMore.value = true;
    try {
      const page = await api.page(view.value, filter.value, next.value, PAGE);
      if (mine !== asked) return;
      const known = new Set((items.value ?? []).map((item) => item.number));
      items.value = [
        ...(items.value ?? []),
        ...page.items.filter((item) => !known.has(item.number)),
      ];
      next.value = page.next;
    } finally {
      loadingMore.value = false;
    }
  }

  /** A listed ticket has changed; it stays where it is until the list is asked for again. */
  function apply(detail: TicketDetail): void {
    if (!items.value) return;
    items.value = items.value.map((item) =>
      item.number === detail.number ? summaryOf(detail) : item,
    );
  }

  /** The desk says that a ticket has changed; the list is asked for again if it stands there. */
  function changed(number: string): void {
    if (timer !== undefined || !items.value?.some((item) => item.number === number)) return;
    timer = setTimeout(() => {
      timer = undefined;
      void load();
    }, SETTLE_MS);
  }

  /** Nobody looks at the list any more. */
  function leave(): void {
    clearTimeout(timer);
    timer = undefined;
    items.value = null;
  }

  return {
    view,
    filter,
    items,
    counts,
    error,
    loadingMore,
    narrowed,
    more,
    show,
    load,
    loadMore,
    apply,
    changed,
    leave,
  };
});

function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((each) => each === value) ?? null;
}
