import { ref, type Ref } from 'vue';
import type { Agent } from '../../../shared/api';
import type { ReadyReply } from '../../../shared/api/inbox';
import { holesIn, triggerAt, type Trigger } from './trigger';

/** What can be chosen for a trigger. */
export type Suggestion =
  | { kind: 'canned'; key: string; title: string; hint: string; body: string; holes: string[] }
  | { kind: 'person'; key: string; title: string; hint: string; body: ''; holes: [] };

export interface Sources {
  canned(q: string, signal: AbortSignal): Promise<ReadyReply[]>;
  people(): readonly Agent[];
}

export type SuggestState = 'off' | 'searching' | 'found' | 'failed';

export interface Suggest {
  state: Readonly<Ref<SuggestState>>;
  trigger: Readonly<Ref<Trigger | null>>;
  items: Readonly<Ref<readonly Suggestion[]>>;
  at: Ref<number>;
  /** Look at the text again; `signs` are those that mean something now. */
  look(text: string, caret: number, signs: string): void;
  step(by: 1 | -1): void;
  close(): void;
}

const MOST_SHOWN = 8;

/** Finds ready replies for `/…` and colleagues for `@…` while one writes. */
export function createSuggest(sources: Sources): Suggest {
  const state = ref<SuggestState>('off');
  const trigger = ref<Trigger | null>(null);
  const items = ref<readonly Suggestion[]>([]);
  const at = ref(0);
  let search: AbortController | null = null;
  /** Where the list was closed by hand: it stays closed for this sign. */
  let closedAt: number | null = null;

  function look(text: string, caret: number, signs: string): void {
    const found = triggerAt(text, caret);
    const known = trigger.value;
    if (!found || !signs.includes(found.sign)) {
      closedAt = null;
      reset();
      return;
    }
    if (found.from === closedAt) return;
    if (known && known.from === found.from && known.query === found.query) {
      trigger.value = found;
      return;
    }
    trigger.value = found;
    if (found.sign === '@') show(peopleFor(found.query, sources.people()));
    else void searchCanned(found.query);
  }

  async function searchCanned(query: string): Promise<void> {
    search?.abort();
    const mine = new AbortController();
    search = mine;
    if (state.value !== 'found') state.value = 'searching';
    try {
      const replies = await sources.canned(query, mine.signal);
      if (search === mine) show(replies.slice(0, MOST_SHOWN).map(asSuggestion));
    } catch {
      if (search === mine) state.value = 'failed';
    }
  }

  function show(found: readonly Suggestion[]): void {
    items.value = found;
    at.value = 0;
    state.value = 'found';
  }

  function step(by: 1 | -1): void {
    const count = items.value.length;
    if (count > 0) at.value = (at.value + by + count) % count;
  }

  function close(): void {
    closedAt = trigger.value?.from ?? null;
    reset();
  }

  function reset(): void {
    search?.abort();
    search = null;
    trigger.value = null;
    items.value = [];
    state.value = 'off';
  }

  return { state, trigger, items, at, look, step, close };
}

/** Colleagues whose name or login holds `query`. */
export function peopleFor(query: string, people: readonly Agent[]): Suggestion[] {
  const words = query.toLowerCase();
  return people
    .filter((agent) => `${agent.display_name} ${agent.username}`.toLowerCase().includes(words))
    .slice(0, MOST_SHOWN)
    .map((agent) => ({
      kind: 'person',
      key: agent.id,
      title: agent.display_name,
      hint: agent.username,
      body: '',
      holes: [],
    }));
}

function asSuggestion({ shortcut, title, text, missing }: ReadyReply): Suggestion {
  const holes = missing.length ? holesIn(text) : [];
  return { kind: 'canned', key: shortcut, title, hint: `/${shortcut}`, body: text, holes };
}
