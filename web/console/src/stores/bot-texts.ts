import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { BotText } from '../../../shared/api/material';
import { MaterialApi } from '../api/material';
import { useApi } from '../api/provide';

/** What the bot says in its dialogues, of which one place at a time is edited. */
export const useBotTexts = defineStore('bot-texts', () => {
  const api = useApi(MaterialApi);
  const all = ref<BotText[] | null>(null);
  const error = ref<unknown>(null);
  const query = ref('');
  const onlyChanged = ref(false);
  const chosen = ref<string | null>(null);
  const draft = ref<string[]>([]);

  const open = computed(() => all.value?.find((each) => each.key === chosen.value) ?? null);
  const dirty = computed(
    () =>
      open.value !== null &&
      JSON.stringify(tidied(draft.value)) !== JSON.stringify(open.value.texts),
  );
  const found = computed(() => {
    const wanted = query.value.trim().toLowerCase();
    return (all.value ?? []).filter(
      (each) =>
        (!onlyChanged.value || each.changed) &&
        [each.key, ...each.texts].some((text) => text.toLowerCase().includes(wanted)),
    );
  });

  async function load(): Promise<void> {
    try {
      const known = await api.responses();
      if (dirty.value) return;
      all.value = known;
      error.value = null;
      undo();
    } catch (problem) {
      error.value = problem;
    }
  }

  function choose(key: string | null): void {
    chosen.value = key;
    undo();
  }

  function undo(): void {
    draft.value = [...(open.value?.texts ?? [])];
  }

  /** Raises what the desk refuses with; what was written stays. */
  async function save(): Promise<void> {
    if (open.value) await put(tidied(draft.value));
  }

  /** What came with the bot again. */
  async function reset(): Promise<void> {
    await put([]);
  }

  async function put(texts: string[]): Promise<void> {
    if (!open.value) return;
    const { key, version } = open.value;
    const changed = await api.changeResponse(key, texts, version);
    all.value = (all.value ?? []).map((each) => (each.key === key ? changed : each));
    undo();
  }

  return {
    all,
    error,
    query,
    onlyChanged,
    chosen,
    draft,
    open,
    dirty,
    found,
    load,
    choose,
    undo,
    save,
    reset,
  };
});

function tidied(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
