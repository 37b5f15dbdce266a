/** A choice the browser keeps; anything but one of `allowed` counts as none. */
export function remembered<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const kept = localStorage.getItem(key) as T | null;
    return kept !== null && allowed.includes(kept) ? kept : fallback;
  } catch {
    return fallback;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the browser keeps nothing; the choice lasts as long as the page
  }
}
