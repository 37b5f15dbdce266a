import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Intent } from '../../../shared/api/material';
import { KnowledgeApi } from '../api/knowledge';
import { MaterialApi } from '../api/material';
import { useApi } from '../api/provide';

const PAGE = 500;

/** What entries and intents are called, for pages that know their keys only. */
export const useLabelNames = defineStore('label-names', () => {
  const knowledge = useApi(KnowledgeApi);
  const material = useApi(MaterialApi);
  const entries = ref<ReadonlyMap<string, string>>(new Map());
  const intents = ref<readonly Intent[]>([]);
  let reading: Promise<void> | null = null;

  /** Once; names that cannot be read are shown as keys. */
  function load(): Promise<void> {
    reading ??= read().catch(() => {
      reading = null;
    });
    return reading;
  }

  async function read(): Promise<void> {
    intents.value = (await material.intents()).items;
    const found = new Map<string, string>();
    const never = new AbortController().signal;
    let cursor: string | null = null;
    do {
      const page = await knowledge.page({}, cursor, PAGE, never);
      for (const { key, question } of page.items) found.set(key, question);
      entries.value = new Map(found);
      cursor = page.next;
    } while (cursor !== null);
  }

  /** An entry that has just been written. */
  function add(key: string, question: string): void {
    entries.value = new Map(entries.value).set(key, question);
  }

  function entry(key: string): string {
    return entries.value.get(key) ?? key;
  }

  function intent(name: string): string {
    return intents.value.find((each) => each.name === name)?.title ?? name;
  }

  return { entries, intents, load, add, entry, intent };
});
