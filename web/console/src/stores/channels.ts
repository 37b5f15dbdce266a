import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Account, AccountCheck, AccountList, CheckStep } from '../../../shared/api/channels';
import { ChannelsApi } from '../api/channels';
import { useApi } from '../api/provide';
import {
  blankAccount,
  changed,
  draftOf,
  formOf,
  problemsOf,
  type AccountDraft,
} from '../components/channels/account';

/** The account that is not at the desk yet. */
export const NEW = 'new account';
const NONE = { secret: false, token: false, aes_key: false };

/** The accounts, of which one at a time is edited. */
export const useChannels = defineStore('channels', () => {
  const api = useApi(ChannelsApi);
  const accounts = ref<Account[] | null>(null);
  const base = ref('');
  const error = ref<unknown>(null);
  const chosen = ref<string | null>(null);
  const draft = ref<AccountDraft>(blankAccount());
  const checks = ref<Record<string, AccountCheck>>({});
  /** How publishing the menu ended when the chosen account was saved. */
  const published = ref<CheckStep | null>(null);

  const account = computed(() => accounts.value?.find((each) => each.key === chosen.value) ?? null);
  const dirty = computed(() => chosen.value !== null && changed(draft.value, before()));
  const problems = computed(() => problemsOf(draft.value, account.value?.secrets ?? NONE));
  const callback = computed(() => account.value?.callback_url ?? base.value + draft.value.key);

  /** The chosen account as it stands at the desk. */
  function before(): AccountDraft {
    return account.value ? draftOf(account.value) : blankAccount();
  }

  /** Reads the accounts and shows them as they stand; what was not saved is gone. */
  async function load(): Promise<void> {
    error.value = null;
    try {
      show(await api.all());
    } catch (problem) {
      error.value = problem;
    }
  }

  /** Shows anew how the accounts stand, unless one is being written: it was read at its version. */
  async function refresh(): Promise<void> {
    try {
      const found = await api.all();
      if (!dirty.value) show(found);
    } catch {
      // what is shown stays; the next time may go better
    }
  }

  function show(found: AccountList): void {
    accounts.value = found.items;
    base.value = found.callback_base;
    draft.value = before();
  }

  function choose(key: string | null): void {
    chosen.value = key;
    undo();
  }

  function undo(): void {
    published.value = null;
    draft.value = before();
  }

  /** Raises what the desk refuses with; what was written stays. */
  async function save(): Promise<void> {
    const { key, kind } = draft.value;
    const form = formOf(draft.value);
    const saved = account.value
      ? await api.change(key, account.value.version, form)
      : await api.add(key, kind, form);
    const others = (accounts.value ?? []).filter((each) => each.key !== key);
    accounts.value = [...others, saved].sort((a, b) => (a.key < b.key ? -1 : 1));
    delete checks.value[key];
    choose(key);
    published.value = saved.menu;
  }

  /** Looks at the chosen account's connection. */
  async function check(): Promise<void> {
    const key = chosen.value;
    if (!account.value || !key) return;
    checks.value[key] = await api.check(key);
    await refresh();
  }

  return {
    accounts,
    error,
    chosen,
    draft,
    account,
    dirty,
    problems,
    callback,
    checks,
    published,
    load,
    refresh,
    choose,
    undo,
    save,
    check,
  };
});
