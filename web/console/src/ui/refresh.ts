import { onBeforeUnmount, onMounted } from 'vue';

const EVERY_MS = 30_000;

/** Asks again now and then while the page is looked at, and at once when the reader comes back. */
export function useRefresh(refresh: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = (): void => {
    if (document.visibilityState === 'visible') refresh();
  };
  onMounted(() => {
    timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  });
}
