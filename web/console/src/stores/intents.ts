import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Intent, IntentChange, IntentKind, NewIntent } from '../../../shared/api/material';
import { MaterialApi } from '../api/material';
import { useApi } from '../api/provide';

const KINDS: readonly IntentKind[] = [
  'task',
  'handoff',
  'chitchat',
  'feedback',
  'dialogue',
  'out_of_scope',
];
const PREFIX = { chitchat: 'chat_', handoff: 'ask_human_' } as const;
/** The desk's rule for what comes after the prefix. */
const NAME = /^[a-z][a-z0-9_]{1,39}$/;

/** The full name of a new intent; null where it cannot be one. */
export function intentName(typed: string, kind: NewIntent['kind']): string | null {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  if (!NAME.test(name)) return null;
  return name.startsWith(PREFIX[kind]) ? name : PREFIX[kind] + name;
}

/** What the bot understands. */
export const useIntents = defineStore('intents', () => {
  const api = useApi(MaterialApi);
  const all = ref<Intent[] | null>(null);
  /** May be marked in examples. */
  const entities = ref<string[]>([]);
  const least = ref(0);
  const error = ref<unknown>(null);
  const query = ref('');

  const groups = computed(() => {
    const wanted = query.value.trim().toLowerCase();
    const found = (all.value ?? []).filter((each) =>
      [each.name, each.title].some((text) => text.toLowerCase().includes(wanted)),
    );
    return KINDS.map((kind) => ({
      kind,
      intents: found.filter((each) => each.kind === kind),
    })).filter(({ intents }) => intents.length > 0);
  });

  async function load(): Promise<void> {
    try {
      const found = await api.intents();
      all.value = found.items;
      entities.value = found.entities;
      least.value = found.least_examples;
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  }

  function named(name: string): Intent | null {
    return all.value?.find((each) => each.name === name) ?? null;
  }

  // below: raises what the desk refuses with

  async function add(intent: NewIntent): Promise<Intent> {
    const made = await api.addIntent(intent);
    all.value = [...(all.value ?? []), made];
    return made;
  }

  async function change(intent: Intent, wanted: Omit<IntentChange, 'version'>): Promise<void> {
    const changed = await api.changeIntent(intent.name, { ...wanted, version: intent.version });
    all.value = (all.value ?? []).map((each) => (each.name === changed.name ? changed : each));
  }

  return { all, entities, least, error, query, groups, load, named, add, change };
});
