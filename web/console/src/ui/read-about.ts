import { onBeforeUnmount, onMounted, watch } from 'vue';
import { useNotifications } from '../stores/notifications';

/** What is on the screen is read: notifications about it count no longer, those to come neither. */
export function useReadAbout(kind: string, id: () => string | null | undefined): void {
  const notifications = useNotifications();

  function look(stay = false): void {
    const wanted = id();
    if (!wanted || document.visibilityState !== 'visible') return;
    void notifications.readAbout({ kind, id: wanted }, stay);
  }
  const back = (): void => look();
  const stop = notifications.onArrival(({ subject }) => {
    if (subject.kind === kind && subject.id === id()) look(true);
  });

  watch([id, () => notifications.loaded], back, { immediate: true });
  onMounted(() => document.addEventListener('visibilitychange', back));
  onBeforeUnmount(() => {
    stop();
    document.removeEventListener('visibilitychange', back);
  });
}
