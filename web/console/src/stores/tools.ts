import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { CannedDraft, CannedRecord, Macro, MacroDraft } from '../../../shared/api/settings';
import { useApi } from '../api/provide';
import { SettingsApi } from '../api/settings';

/** Ready replies and macros, for whoever keeps them. What the desk refuses is raised. */
export const useTools = defineStore('tools', () => {
  const api = useApi(SettingsApi);
  const replies = ref<CannedRecord[] | null>(null);
  const variables = ref<Record<string, string>>({});
  const repliesError = ref<unknown>(null);
  const macros = ref<Macro[] | null>(null);
  const macrosError = ref<unknown>(null);

  async function loadReplies(): Promise<void> {
    repliesError.value = null;
    try {
      const list = await api.canned();
      replies.value = list.items;
      variables.value = list.variables;
    } catch (problem) {
      repliesError.value = problem;
    }
  }

  async function loadMacros(): Promise<void> {
    macrosError.value = null;
    try {
      macros.value = await api.macros();
    } catch (problem) {
      macrosError.value = problem;
    }
  }

  async function saveReply(before: CannedRecord | null, draft: CannedDraft): Promise<string> {
    const saved = before
      ? await api.changeCanned(before.id, before.version, draft)
      : await api.addCanned(draft);
    await loadReplies();
    return saved.id;
  }

  async function removeReply(id: string): Promise<void> {
    await api.removeCanned(id);
    await loadReplies();
  }

  async function saveMacro(before: Macro | null, draft: MacroDraft): Promise<string> {
    const saved = before
      ? await api.changeMacro(before.id, before.version, draft)
      : await api.addMacro(draft);
    await loadMacros();
    return saved.id;
  }

  async function removeMacro(id: string): Promise<void> {
    await api.removeMacro(id);
    await loadMacros();
  }

  return {
    replies,
    variables,
    repliesError,
    macros,
    macrosError,
    loadReplies,
    loadMacros,
    saveReply,
    removeReply,
    saveMacro,
    removeMacro,
  };
});
