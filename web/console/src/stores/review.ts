import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  AlikeItem,
  BulkResult,
  Decision,
  ReviewItem,
  ReviewLabel,
} from '../../../shared/api/review';
import { useApi } from '../api/provide';
import { ReviewApi } from '../api/review';

/** The next page is read when no more than so many are left. */
const FEW = 5;
/** What may be learned of a request besides what it is about. */
const TARGETS = ['category', 'nature', 'impact', 'urgency', 'sentiment', 'anger'];

interface Done {
  items: { item: ReviewItem; index: number }[];
}

/** Messages worth a look: one is looked at, and what was decided can be taken back. */
export const useReview = defineStore('review', () => {
  const api = useApi(ReviewApi);
  const items = ref<ReviewItem[] | null>(null);
  const next = ref<string | null>(null);
  const open = ref(0);
  const reasons = ref<Record<string, number>>({});
  const reason = ref('');
  const error = ref<unknown>(null);
  const busy = ref(false);
  const chosen = ref<string | null>(null);
  const alike = ref<AlikeItem[]>([]);
  /** Ids of the look-alikes that are decided with it. */
  const ticked = ref<ReadonlySet<string>>(new Set());
  /** Labels an agent corrected are learned, too. */
  const withLabels = ref(true);
  /** Decided by the reader today, on whatever machine. */
  const today = ref(0);
  const done = ref<Done[]>([]);
  /** The entry had the words already that were decided on last. */
  const known = ref(false);
  let reading: AbortController | null = null;
  let comparing: AbortController | null = null;

  const current = computed(
    () => items.value?.find((each) => each.message_id === chosen.value) ?? null,
  );
  /** Labels that an agent corrected in it. */
  const triage = computed(() => (current.value ? triageOf(current.value) : {}));
  const mayConfirm = computed(
    () => current.value?.guess != null || Object.keys(triage.value).length > 0,
  );

  async function load(): Promise<void> {
    reading?.abort();
    reading = new AbortController();
    const { signal } = reading;
    try {
      const page = await api.items(filter(), undefined, signal);
      if (signal.aborted) return;
      items.value = page.items;
      take(page);
      today.value = page.done_today;
      error.value = null;
      if (!current.value) choose(page.items[0]?.message_id ?? null);
    } catch (problem) {
      if (!signal.aborted) error.value = problem;
    }
  }

  async function narrow(wanted: string): Promise<void> {
    reason.value = wanted;
    items.value = null;
    choose(null);
    await load();
  }

  /** The page behind; an error of it shows when the list is empty. */
  async function more(): Promise<void> {
    if (next.value === null) return;
    const cursor = next.value;
    next.value = null;
    reading = new AbortController();
    const { signal } = reading;
    try {
      const page = await api.items(filter(), cursor, signal);
      if (signal.aborted) return;
      const known = new Set(items.value?.map((each) => each.message_id));
      const fresh = page.items.filter((each) => !known.has(each.message_id));
      items.value = [...(items.value ?? []), ...fresh];
      take(page);
    } catch (problem) {
      if (signal.aborted) return;
      next.value = cursor;
      error.value = problem;
    }
  }

  function choose(id: string | null): void {
    comparing?.abort();
    chosen.value = id;
    alike.value = [];
    ticked.value = new Set();
    withLabels.value = true;
    if (current.value?.alike) void compare(current.value.message_id);
  }

  function move(step: 1 | -1): void {
    const all = items.value ?? [];
    const at = all.findIndex((each) => each.message_id === chosen.value) + step;
    const wanted = all[Math.max(0, Math.min(all.length - 1, at))];
    if (wanted) choose(wanted.message_id);
  }

  function tick(id: string): void {
    const now = new Set(ticked.value);
    if (!now.delete(id)) now.add(id);
    ticked.value = now;
  }

  function tickAll(): void {
    const all = alike.value.map(({ item }) => item.message_id);
    ticked.value = new Set(ticked.value.size < all.length ? all : []);
  }

  /** What the bot understood is right; without a guess the corrected labels are. */
  async function confirm(): Promise<BulkResult[]> {
    const item = current.value;
    if (!item || !mayConfirm.value) return [];
    if (!item.guess) return decide({ decision: 'wrong', triage: triage.value });
    return decide({ decision: 'right', ...labels() }, item.guess);
  }

  /** It is something else. */
  async function correct(label: ReviewLabel): Promise<BulkResult[]> {
    const plain = { kind: label.kind, key: keyOf(label) };
    return decide({ decision: 'wrong', label: plain, ...labels() }, plain);
  }

  /** Nothing can be learned from it. */
  async function skip(): Promise<BulkResult[]> {
    return decide({ decision: 'skip' });
  }

  /**
   * Decides the current one, and the ticked ones as `label`; what was not done of these is given.
   */
  async function decide(decision: Decision, label?: ReviewLabel): Promise<BulkResult[]> {
    const item = current.value;
    if (!item || busy.value) return [];
    busy.value = true;
    try {
      const others = alike.value
        .map((each) => each.item)
        .filter((each) => ticked.value.has(each.message_id));
      known.value = (await api.decide(item.message_id, decision)).decided?.known ?? false;
      let gone = [item];
      try {
        const results = await decideAlike(others, decision, label);
        const made = new Set(results.filter((each) => each.done).map((each) => each.message_id));
        gone = [item, ...others.filter((each) => made.has(each.message_id))];
        return results.filter((each) => !each.done);
      } finally {
        leave(gone);
      }
    } finally {
      busy.value = false;
    }
  }

  /** The same label for each, however the bot understood it. */
  async function decideAlike(
    others: readonly ReviewItem[],
    decision: Decision,
    label: ReviewLabel | undefined,
  ): Promise<BulkResult[]> {
    if (others.length === 0) return [];
    const ids = others.map((each) => each.message_id);
    if (!label) return api.decideMany(ids, decision);
    const same = others.filter((each) => each.guess && isSame(each.guess, label));
    const other = others.filter((each) => !same.includes(each));
    const groups: [ReviewItem[], Decision][] = [
      [same, { decision: 'right' }],
      [other, { decision: 'wrong', label: { kind: label.kind, key: keyOf(label) } }],
    ];
    const results = [];
    for (const [group, what] of groups) {
      if (group.length === 0) continue;
      results.push(
        ...(await api.decideMany(
          group.map((each) => each.message_id),
          what,
        )),
      );
    }
    return results;
  }

  /** Takes the last decision of this page back. */
  async function undo(): Promise<void> {
    const last = done.value.at(-1);
    if (!last || busy.value) return;
    busy.value = true;
    try {
      for (const { item } of last.items) await api.reopen(item.message_id);
      done.value = done.value.slice(0, -1);
      const back = [...(items.value ?? [])];
      const inOrder = [...last.items].sort((one, other) => one.index - other.index);
      for (const { item, index } of inOrder) back.splice(index, 0, item);
      items.value = back;
      count(-last.items.length);
      choose(last.items[0]?.item.message_id ?? null);
    } finally {
      busy.value = false;
    }
  }

  /** A decision of today was taken back: the queue has the message again. */
  async function reopened(id: string): Promise<void> {
    done.value = done.value
      .map((each) => ({ items: each.items.filter(({ item }) => item.message_id !== id) }))
      .filter((each) => each.items.length > 0);
    await load();
  }

  function leave(gone: readonly ReviewItem[]): void {
    const all = items.value ?? [];
    const ids = new Set(gone.map((each) => each.message_id));
    const at = all.findIndex((each) => ids.has(each.message_id));
    const kept = gone.map((item) => {
      const index = all.findIndex((each) => each.message_id === item.message_id);
      return { item, index: index < 0 ? all.length : index };
    });
    done.value = [...done.value, { items: kept }];
    items.value = all.filter((each) => !ids.has(each.message_id));
    count(gone.length);
    choose(items.value[Math.min(at, items.value.length - 1)]?.message_id ?? null);
    if (items.value.length <= FEW) void more();
  }

  function count(by: number): void {
    open.value = Math.max(0, open.value - by);
    today.value = Math.max(0, today.value + by);
  }

  async function compare(id: string): Promise<void> {
    comparing = new AbortController();
    const { signal } = comparing;
    try {
      const found = await api.alike(id, signal);
      if (!signal.aborted) alike.value = found;
    } catch {
      // it can be decided without them
    }
  }

  function labels(): { triage?: Record<string, string> } {
    const some = withLabels.value && Object.keys(triage.value).length > 0;
    return some ? { triage: triage.value } : {};
  }

  function filter(): { reason?: string } {
    return reason.value ? { reason: reason.value } : {};
  }

  function take(page: {
    next: string | null;
    open: number;
    reasons: Record<string, number>;
  }): void {
    next.value = page.next;
    open.value = page.open;
    reasons.value = page.reasons;
  }

  return {
    items,
    open,
    reasons,
    reason,
    error,
    busy,
    chosen,
    current,
    alike,
    ticked,
    withLabels,
    triage,
    mayConfirm,
    today,
    done,
    known,
    load,
    narrow,
    more,
    choose,
    move,
    tick,
    tickAll,
    confirm,
    correct,
    skip,
    undo,
    reopened,
  };
});

function triageOf(item: ReviewItem): Record<string, string> {
  const wanted = item.corrected.filter((each) => TARGETS.includes(each.target));
  return Object.fromEntries(wanted.map((each) => [each.target, each.corrected.key]));
}

/** Only entries and intents have a key. */
function keyOf({ kind, key }: ReviewLabel): string {
  return kind === 'faq' || kind === 'intent' ? key : '';
}

function isSame(one: ReviewLabel, other: ReviewLabel): boolean {
  return one.kind === other.kind && keyOf(one) === keyOf(other);
}
