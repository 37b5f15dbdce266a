import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { StaffMessage } from '../../../shared/api';
import { useOpened } from './opened';
import { useSession } from './session';

export type ComposerMode = 'reply' | 'note';

const KEY = 'fenzhen:console:drafts';

/**
 * Half-written texts by conversation, answers and notes apart; they stay while one looks at another
 * conversation, and over a reload of the page. The browser forgets them with the tab.
 */
export const useDrafts = defineStore('drafts', () => {
  const opened = useOpened();
  const session = useSession();

  const texts = ref(read());
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
    get: () => texts.value.get(key.value ?? '') ?? '',
    set: (value) => {
      if (key.value === null) return;
      const next = new Map(texts.value);
      if (value) next.set(key.value, value);
      else next.delete(key.value);
      texts.value = next;
    },
  });
  const quote = computed(() => quotes.value.get(opened.id ?? '') ?? null);
  const openHoles = computed(() => holes.value.filter((hole) => text.value.includes(hole)));

  watch(texts, () => write(texts.value));
  watch(
    () => session.user?.id,
    (_, before) => {
      if (before === undefined) return;
      texts.value = new Map();
      quotes.value = new Map();
    },
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
    texts,
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

function read(): Map<string, string> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as [string, string][]);
  } catch {
    return new Map();
  }
}

function write(texts: ReadonlyMap<string, string>): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...texts]));
  } catch {
    // the browser keeps nothing; the texts last as long as the page
  }
}
