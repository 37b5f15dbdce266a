/** An object without some of its fields. */
export function without<T extends object, K extends keyof T>(
  all: T,
  ...fields: readonly K[]
): Omit<T, K> {
  const kept = { ...all };
  for (const field of fields) delete kept[field];
  return kept;
}
