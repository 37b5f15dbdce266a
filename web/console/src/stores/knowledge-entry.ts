import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { EntryContent, EntryPage, KnowledgeDraft } from '../../../shared/api/knowledge';
import { KnowledgeApi } from '../api/knowledge';
import { useApi } from '../api/provide';
import {
  blankContent,
  contentOf,
  differs,
  filledIn,
  formOf,
  problemsOf,
  type EntryForm,
} from '../components/knowledge/form';

/** What stands in the fields: what customers are answered from, or the draft. */
export type Side = 'live' | 'draft';

/** The entry that is being looked at or written; key null: a new one. */
export const useKnowledgeEntry = defineStore('knowledge-entry', () => {
  const api = useApi(KnowledgeApi);

  const key = ref<string | null>(null);
  const page = ref<EntryPage | null>(null);
  const error = ref<unknown>(null);
  const side = ref<Side>('live');
  const form = ref<EntryForm>(formOf(blankContent()));
  /** Why it is changed; kept with the version. */
  const note = ref('');
  let opened = 0;

  const entry = computed(() => page.value?.entry ?? null);
  const draft = computed(() => page.value?.draft ?? null);
  const fresh = computed(() => key.value === null);
  const loaded = computed(() => fresh.value || page.value !== null);
  /** What the fields said before anybody wrote in them. */
  const before = computed<EntryContent>(() => {
    if (side.value === 'draft' && draft.value) return draft.value.content;
    return entry.value ? contentOf(entry.value) : blankContent();
  });
  const dirty = computed(() => differs(form.value, before.value));
  const problems = computed(() => problemsOf(form.value));
  /** The entry was changed after its draft was begun. */
  const overtaken = computed(
    () =>
      draft.value !== null && entry.value !== null && isBehind(draft.value, entry.value.version),
  );

  async function open(wanted: string): Promise<void> {
    if (key.value !== wanted) begin();
    const mine = ++opened;
    key.value = wanted;
    error.value = null;
    try {
      const found = await api.open(wanted);
      if (mine === opened) show(found);
    } catch (problem) {
      if (mine === opened) error.value = problem;
    }
  }

  /** An empty form, or one with what is known already. */
  function begin(content: Partial<EntryContent> = {}): void {
    opened += 1;
    key.value = null;
    page.value = null;
    error.value = null;
    side.value = 'live';
    form.value = formOf({ ...blankContent(), ...content });
    note.value = '';
  }

  function show(found: EntryPage): void {
    key.value = found.entry?.key ?? found.draft?.key ?? key.value;
    page.value = found;
    look(found.draft ? 'draft' : 'live');
  }

  /** What was not saved is gone. */
  function look(wanted: Side): void {
    side.value = wanted;
    undo();
  }

  function undo(): void {
    form.value = formOf(before.value);
    note.value = '';
  }

  // All below raise what the desk refuses with; what was written stays.

  /** Customers are answered from it at once. */
  async function saveLive(): Promise<void> {
    const content = filledIn(form.value, before.value);
    const why = note.value.trim();
    if (key.value === null) return show(await api.create(content, true, why));
    if (!entry.value) return;
    const { version } = entry.value;
    await api.change(key.value, { ...content, version, ...(why && { note: why }) });
    await reread('live');
  }

  /** Written down; customers are answered as before. */
  async function saveDraft(): Promise<void> {
    const content = filledIn(form.value, before.value);
    if (key.value === null) return show(await api.create(content, false));
    const version = draft.value?.version ?? null;
    await api.saveDraft(key.value, content, version, draft.value?.base_version ?? null);
    await reread('draft');
  }

  async function submit(): Promise<void> {
    if (dirty.value) await saveDraft();
    if (key.value === null || !draft.value) return;
    await api.submit(key.value, draft.value.version);
    await reread('draft');
  }

  /** What is in the fields goes live, and there is no draft any more. */
  async function publish(): Promise<void> {
    const why = note.value.trim();
    if (dirty.value) await saveDraft();
    if (key.value === null || !draft.value) return;
    let { version } = draft.value;
    if (overtaken.value && entry.value) {
      const { content } = draft.value;
      version = (await api.saveDraft(key.value, content, version, entry.value.version)).version;
    }
    show(await api.publish(key.value, version, why));
  }

  /** False: nothing is left under the key. */
  async function discard(): Promise<boolean> {
    if (key.value === null || !draft.value) return true;
    await api.discard(key.value, draft.value.version);
    if (entry.value) await reread('live');
    else begin();
    return entry.value !== null;
  }

  async function restore(version: number): Promise<void> {
    if (key.value === null || !entry.value) return;
    await api.restore(key.value, version, entry.value.version);
    await reread('live');
  }

  async function allVersions(): Promise<void> {
    if (key.value === null || !page.value) return;
    const versions = await api.versions(key.value);
    page.value = { ...page.value, versions };
  }

  async function reread(wanted: Side): Promise<void> {
    if (key.value === null) return;
    const mine = opened;
    const found = await api.open(key.value);
    if (mine !== opened) return;
    page.value = found;
    look(found.draft && wanted === 'draft' ? 'draft' : found.entry ? 'live' : 'draft');
  }

  return {
    key,
    page,
    error,
    side,
    form,
    note,
    entry,
    draft,
    fresh,
    loaded,
    before,
    dirty,
    problems,
    overtaken,
    open,
    begin,
    look,
    undo,
    saveLive,
    saveDraft,
    submit,
    publish,
    discard,
    restore,
    allVersions,
    reread,
  };
});

function isBehind(draft: KnowledgeDraft, version: number): boolean {
  return draft.base_version !== version;
}
