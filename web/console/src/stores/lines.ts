import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  FurtherLabels,
  Line,
  LineKind,
  LineLabel,
  LinesAdded,
} from '../../../shared/api/material';
import { MaterialApi } from '../api/material';
import { useApi } from '../api/provide';
import { usePaging } from './paging';

/** The desk takes so many at once. */
const MOST = 200;

/** Lines of one kind, under one label or searched: what the bot learns from. */
export const useLines = defineStore('lines', () => {
  const api = useApi(MaterialApi);

  const kind = ref<LineKind>('intent');
  const labels = ref<LineLabel[] | null>(null);
  const label = ref('');
  const query = ref('');
  const removed = ref(false);
  /** What became of the lines that were added last. */
  const outcome = ref<LinesAdded | null>(null);
  const total = computed(() => labels.value?.reduce((sum, each) => sum + each.lines, 0) ?? 0);
  const { items: lines, ...paging } = usePaging((cursor, signal) =>
    api.lines(filter(), cursor, signal),
  );
  const { error, load } = paging;

  async function open(wantedKind: LineKind, wantedLabel: string): Promise<void> {
    if (kind.value !== wantedKind) {
      labels.value = null;
      query.value = '';
      removed.value = false;
    }
    if (kind.value !== wantedKind || label.value !== wantedLabel) {
      lines.value = null;
      outcome.value = null;
    }
    kind.value = wantedKind;
    label.value = wantedLabel;
    await Promise.all([loadLabels(), load()]);
  }

  async function loadLabels(): Promise<void> {
    const wanted = kind.value;
    try {
      const found = await api.labels(wanted);
      if (kind.value === wanted) labels.value = found;
    } catch (problem) {
      if (kind.value === wanted) error.value = problem;
    }
  }

  function filter() {
    return {
      kind: kind.value,
      ...(label.value && { label: label.value }),
      ...(query.value.trim() && { query: query.value.trim() }),
      ...(removed.value && { state: 'removed' as const }),
    };
  }

  /** As many as there are, in portions; gives what was refused. */
  async function add(
    texts: readonly string[],
    under: string,
    further: FurtherLabels = {},
    move = false,
  ): Promise<LinesAdded> {
    const all: LinesAdded = { added: [], known: [], refused: [] };
    const body = { kind: kind.value, label: under, labels: further, move };
    try {
      for (let from = 0; from < texts.length; from += MOST) {
        const done = await api.addLines({ ...body, texts: texts.slice(from, from + MOST) });
        all.added.push(...done.added);
        all.known.push(...done.known);
        all.refused.push(...done.refused);
      }
    } finally {
      outcome.value = all;
      // what was added before something went wrong is there
      if (all.added.length > 0) await Promise.all([loadLabels(), load()]);
    }
    return all;
  }

  /** Takes a refused text from where it is learned now. */
  async function move(text: string, under: string, further: FurtherLabels = {}): Promise<void> {
    const before = outcome.value;
    const done = await add([text], under, further, true);
    outcome.value = {
      added: [...(before?.added ?? []), ...done.added],
      known: before?.known ?? [],
      refused: [...(before?.refused ?? []).filter((each) => each.text !== text), ...done.refused],
    };
  }

  /** It stays in the list, crossed out, until the list is read again. */
  async function remove(line: Line): Promise<void> {
    keep(await api.removeLine(line.id), -1);
  }

  async function restore(line: Line): Promise<void> {
    keep(await api.restoreLine(line.id), +1);
  }

  function keep(line: Line, step: 1 | -1): void {
    lines.value = (lines.value ?? []).map((each) => (each.id === line.id ? line : each));
    labels.value = (labels.value ?? []).map((each) =>
      each.label === line.label ? { ...each, lines: each.lines + step } : each,
    );
  }

  return {
    kind,
    labels,
    label,
    query,
    removed,
    ...paging,
    lines,
    outcome,
    total,
    open,
    loadLabels,
    add,
    move,
    remove,
    restore,
  };
});
