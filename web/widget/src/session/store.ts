/** One value kept in the browser; null when there is none. */
export interface Store<T> {
  read(): T | null;
  write(value: T | null): void;
}

/**
 * A value as JSON under `key`. Where the browser keeps nothing (private mode, blocked cookies)
 * it lives as long as the page.
 */
export function browserStore<T>(storage: () => Storage, key: string): Store<T> {
  let fallback: T | null = null;
  return {
    read() {
      try {
        const kept = storage().getItem(key);
        return kept === null ? fallback : (JSON.parse(kept) as T);
      } catch {
        return fallback;
      }
    },
    write(value) {
      fallback = value;
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(value));
      } catch {
        // kept in memory only
      }
    },
  };
}
