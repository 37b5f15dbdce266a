import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { StaffMessage } from '../../../shared/api';
import { without } from '../format/without';
import { useKept } from './kept';
import { useOpened } from './opened';
import { useSession } from './session';

export type ComposerMode = 'reply' | 'note';

/**
 * Half-written texts by conversation, answers and notes apart; they stay while one looks at another
 * conversation, and over a reload of the page.
 */
export const useDrafts = defineStore('drafts', () => {
  const opened = useOpened();
  const session = useSession();

  const texts = useKept<Record<string, string>>('drafts', () => ({}));
  const modes = ref(new Map<string, ComposerMode>());
  const quotes = ref(new Map<string, StaffMessage>());
  /** Places of ready texts that nothing was known for: 【订单号】. */
  const holes = ref<readonly string[]>([]);

  /** Without the conversation only a note can be written. */
  const mode = computed<ComposerMode>(() =>
    opened.mine ? (modes.value.get(opened.id ?? '') ?? 'reply') : 'note',
  );
  const key = computed(() => (opened.id === null ? null : `${mode.value}:${opened.id}`));
  const text = computed({
    get: () => texts.value[key.value ?? ''] ?? '',
    set: (value) => {
      if (key.value === null) return;
      const others = without(texts.value, key.value);
      texts.value = value ? { ...others, [key.value]: value } : others;
    },
  });
  const quote = computed(() => quotes.value.get(opened.id ?? '') ?? null);
  const openHoles = computed(() => holes.value.filter((hole) => text.value.includes(hole)));

  watch(
    () => session.user?.id,
    () => (quotes.value = new Map()),
    { flush: 'sync' },
  );

  function setMode(next: ComposerMode): void {
    if (opened.id !== null) modes.value = new Map(modes.value).set(opened.id, next);
  }

  function toggleMode(): void {
    setMode(mode.value === 'note' ? 'reply' : 'note');
  }

  function quoteMessage(message: StaffMessage | null): void {
    if (opened.id === null) return;
    const next = new Map(quotes.value);
    if (message) next.set(opened.id, message);
    else next.delete(opened.id);
    quotes.value = next;
  }

  /** Put a ready text into the composer, after what is there. */
  function insert(ready: string): void {
    if (opened.mine) setMode('reply');
    text.value = [text.value.trimEnd(), ready].filter(Boolean).join('\n');
  }

  return {
    text,
    mode,
    quote,
    holes,
    openHoles,
    setMode,
    toggleMode,
    quoteMessage,
    insert,
  };
});
