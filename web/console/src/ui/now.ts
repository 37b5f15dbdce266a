import { readonly, ref } from 'vue';

const now = ref(Date.now());
setInterval(() => (now.value = Date.now()), 1000);

/** The present in milliseconds, once a second; one timer for the whole page. */
export function useNow(): Readonly<typeof now> {
  return readonly(now);
}
