import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Viewer } from '../../../shared/api';
import { useInbox } from '../api';
import { useSession } from './session';

/** The desk forgets who has not said so for 25 seconds. */
const SAY_EVERY_MS = 10_000;

/** Who of the staff looks at which conversation. */
export const useViewers = defineStore('viewers', () => {
  const inbox = useInbox();
  const session = useSession();

  /** Those of the conversation one looks at; of others the desk tells numbers only. */
  const known = ref<{ at: string; viewers: readonly Viewer[] } | null>(null);
  let looksAt: string | null = null;
  let typing = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  function apply(conversationId: string, viewers: readonly Viewer[]): void {
    if (conversationId === looksAt) known.value = { at: conversationId, viewers };
  }

  /** Everybody but oneself. */
  const others = computed(() =>
    (known.value?.viewers ?? []).filter((viewer) => viewer.id !== session.user?.id),
  );

  /** Say from now on that one looks at this conversation; null: at none. */
  function look(conversationId: string | null): void {
    clearInterval(timer);
    looksAt = conversationId;
    typing = false;
    known.value = null;
    if (conversationId === null) return;
    void say();
    timer = setInterval(() => void say(), SAY_EVERY_MS);
  }

  /** Others see that one writes, so that two do not answer at once. */
  function writes(now: boolean): void {
    if (typing === now) return;
    typing = now;
    void say();
  }

  async function say(): Promise<void> {
    const at = looksAt;
    if (at === null || document.visibilityState !== 'visible') return;
    try {
      await inbox.viewing(at, typing);
      apply(at, await inbox.viewers(at));
    } catch {
      // nothing hangs on it; the next time is close
    }
  }

  return { known, others, apply, look, writes };
});
