import { ref, watch, type Ref } from 'vue';
import { keptAt } from './kept-keys';
import { useSession } from './session';

/**
 * Something of who is signed in that outlasts a reload of the page and a session that has expired:
 * everybody finds their own again. The browser forgets it with the tab.
 */
export function useKept<T>(name: string, none: () => T): Ref<T> {
  const session = useSession();
  const value = ref(read()) as Ref<T>;

  function key(): string | null {
    return session.user && keptAt(session.user.id, name);
  }

  function read(): T {
    const at = key();
    try {
      const stored = at && sessionStorage.getItem(at);
      return stored ? (JSON.parse(stored) as T) : none();
    } catch {
      return none();
    }
  }

  function write(): void {
    const at = key();
    if (at === null) return;
    try {
      sessionStorage.setItem(at, JSON.stringify(value.value));
    } catch {
      // the browser keeps nothing; it lasts as long as the page
    }
  }

  // at once: what is written belongs to who is signed in at that moment
  watch(
    () => session.user?.id,
    () => (value.value = read()),
    { flush: 'sync' },
  );
  watch(value, write, { flush: 'sync' });
  return value;
}
