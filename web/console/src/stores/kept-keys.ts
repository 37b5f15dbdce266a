const PREFIX = 'fenzhen:console:';

/** Where the browser keeps something of somebody. */
export function keptAt(userId: string, name: string): string {
  return `${PREFIX}${userId}:${name}`;
}

/** Nothing of theirs stays in this tab. */
export function forgetKept(userId: string): void {
  try {
    const own = Object.keys(sessionStorage).filter((key) => key.startsWith(keptAt(userId, '')));
    for (const key of own) sessionStorage.removeItem(key);
  } catch {
    // the browser keeps nothing
  }
}
