import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Notification } from '../../../shared/api/shell';
import { useApi } from '../api/provide';
import { ShellApi } from '../api/shell';
import { placeOfSubject } from '../format/subjects';

type Subject = Notification['subject'];

/** So many are shown on the page at a time; older ones wait in the list. */
export const MOST_TOASTS = 3;

/** Where a notification leads to; null when there is nothing to open. */
export function placeOf({ kind, subject, data }: Notification): string | null {
  if (kind === 'assigned' || kind === 'transferred') return `/desk/mine/${subject.id}`;
  const place = placeOfSubject(subject.kind, subject.id, data['number'] ?? data['title'] ?? '');
  return place ?? (kind === 'alert' ? '/alerts' : null);
}

/** What one was told, the newest first. */
export const useNotifications = defineStore('notifications', () => {
  const shell = useApi(ShellApi);
  const items = ref<Notification[]>([]);
  const unread = ref(0);
  const error = ref<unknown>(null);
  const loaded = ref(false);
  const toasts = ref<Notification[]>([]);
  const listeners = new Set<(notification: Notification) => void>();
  const firstUnread = computed(() => items.value.find((item) => item.read_at === null) ?? null);

  async function load(): Promise<void> {
    try {
      const list = await shell.notifications();
      items.value = list.items;
      unread.value = list.unread;
      loaded.value = true;
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  }

  /** Something new; the same one twice (a second connection) is told once. */
  function receive(notification: Notification): void {
    if (items.value.some((item) => item.id === notification.id)) return;
    items.value = [notification, ...items.value];
    if (notification.read_at !== null) return;
    unread.value += 1;
    toasts.value = [...toasts.value, notification].slice(-MOST_TOASTS);
    for (const listener of listeners) listener(notification);
  }

  /** Hear what arrives; returns how to stop that. */
  function onArrival(listener: (notification: Notification) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function dismiss(id: string): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  async function read(id: string): Promise<void> {
    dismiss(id);
    if (!mark((item) => item.id === id)) return;
    await tell(() => shell.read({ ids: [id] }));
  }

  /** Who has the subject on the screen has read what was told about it; with `stay`, news of it
   * may still be shown for a moment. */
  async function readAbout(subject: Subject, stay = false): Promise<void> {
    if (!loaded.value) return;
    const about = (item: Notification): boolean =>
      item.subject.kind === subject.kind && item.subject.id === subject.id;
    if (!stay) toasts.value = toasts.value.filter((toast) => !about(toast));
    const listed = mark(about);
    const older = unread.value > items.value.filter((item) => item.read_at === null).length;
    if (listed || older) await tell(() => shell.read({ subject }));
  }

  async function readAll(): Promise<void> {
    toasts.value = [];
    mark(() => true);
    unread.value = 0;
    await tell(() => shell.read({ all: true }));
  }

  /** Marks unread ones as read; were there any? */
  function mark(which: (item: Notification) => boolean): boolean {
    const read_at = new Date().toISOString();
    let count = 0;
    items.value = items.value.map((item) => {
      if (item.read_at !== null || !which(item)) return item;
      count += 1;
      return { ...item, read_at };
    });
    unread.value = Math.max(0, unread.value - count);
    return count > 0;
  }

  /** What the desk did not take is shown again as it is there. */
  async function tell(send: () => Promise<{ unread: number }>): Promise<void> {
    try {
      unread.value = (await send()).unread;
    } catch {
      await load();
    }
  }

  function reset(): void {
    items.value = [];
    toasts.value = [];
    unread.value = 0;
    loaded.value = false;
    error.value = null;
  }

  return {
    items,
    unread,
    error,
    loaded,
    toasts,
    firstUnread,
    load,
    receive,
    onArrival,
    dismiss,
    read,
    readAbout,
    readAll,
    reset,
  };
});
