import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AuditLine, AuditState } from '../../../shared/api/audit';
import { AuditApi, type AuditFilter } from '../api/audit';
import { useApi } from '../api/provide';

/** The audit log, page by page, the newest first. */
export const useAudit = defineStore('audit', () => {
  const api = useApi(AuditApi);
  const filter = ref<AuditFilter>({});
  const lines = ref<AuditLine[] | null>(null);
  const next = ref<string | null>(null);
  const error = ref<unknown>(null);
  const loadingMore = ref(false);
  const state = ref<AuditState | null>(null);
  const verifying = ref(false);
  const narrowed = computed(() => Object.values(filter.value).some(Boolean));
  /** Answers to questions asked before this one are dropped. */
  let asked = 0;

  async function load(): Promise<void> {
    const mine = ++asked;
    error.value = null;
    try {
      const page = await api.page(filter.value);
      if (mine !== asked) return;
      lines.value = page.items;
      next.value = page.next;
    } catch (problem) {
      if (mine !== asked) return;
      lines.value = null;
      error.value = problem;
    }
  }

  /** Raises what the desk refuses with; the lines stay. */
  async function more(): Promise<void> {
    if (next.value === null || loadingMore.value) return;
    const mine = asked;
    loadingMore.value = true;
    try {
      const page = await api.page(filter.value, next.value);
      if (mine !== asked) return;
      lines.value = [...(lines.value ?? []), ...page.items];
      next.value = page.next;
    } finally {
      loadingMore.value = false;
    }
  }

  async function narrow(change: AuditFilter): Promise<void> {
    const all = { ...filter.value, ...change };
    filter.value = Object.fromEntries(Object.entries(all).filter(([, value]) => value));
    await load();
  }

  async function clear(): Promise<void> {
    filter.value = {};
    await load();
  }

  async function verify(): Promise<void> {
    verifying.value = true;
    state.value = null;
    try {
      state.value = await api.verify();
    } finally {
      verifying.value = false;
    }
  }

  return {
    filter,
    lines,
    next,
    error,
    loadingMore,
    state,
    verifying,
    narrowed,
    load,
    more,
    narrow,
    clear,
    verify,
  };
});
