import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Json, JsonObject, Setting } from '../../../shared/api/settings';
import { useApi } from '../api/provide';
import { SettingsApi } from '../api/settings';
import { same, withValue } from '../components/settings/policy';

/** One policy at a time, as it holds and as it shall be. */
export const usePolicies = defineStore('policies', () => {
  const api = useApi(SettingsApi);
  const key = ref('');
  const setting = ref<Setting | null>(null);
  const draft = ref<JsonObject>({});
  const error = ref<unknown>(null);
  const dirty = computed(() => setting.value !== null && !same(draft.value, setting.value.value));

  async function open(wanted: string): Promise<void> {
    key.value = wanted;
    setting.value = null;
    error.value = null;
    try {
      const found = await api.policy(wanted);
      if (key.value === wanted) show(found);
    } catch (problem) {
      if (key.value === wanted) error.value = problem;
    }
  }

  function set(path: readonly string[], value: Json): void {
    draft.value = withValue(draft.value, path, value);
  }

  function undo(): void {
    if (setting.value) draft.value = setting.value.value;
  }

  /** Raises what the desk refuses with; what was written stays. */
  async function save(): Promise<void> {
    if (!setting.value) return;
    show(await api.savePolicy(key.value, setting.value.version, draft.value));
  }

  function show(found: Setting): void {
    setting.value = found;
    draft.value = found.value;
  }

  return { key, setting, draft, error, dirty, open, set, undo, save };
});
