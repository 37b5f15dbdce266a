export interface Detail {
  /** Where it stands: `chat_first_response.P2.minutes`. */
  name: string;
  text: string;
}

/** What a record notes, flat; of what was changed only what is different: `2 → 3`. */
export function detailsOf(data: Record<string, unknown>, path: readonly string[] = []): Detail[] {
  const name = path.join('.');
  if ('before' in data && 'after' in data) {
    const { before, after, ...rest } = data;
    return [...differences(before, after, path), ...detailsOf(rest, path)];
  }
  return Object.entries(data).flatMap(([key, value]) => {
    // the word says nothing that the arrow does not
    if (key === 'changed' && isObject(value)) return detailsOf(value, path);
    if (Array.isArray(value) && value.length > 0 && value.every(isChange)) {
      return value.flatMap((each) => differences(each.before, each.after, [...path, each.field]));
    }
    if (isObject(value)) return detailsOf(value, [...path, key]);
    return [{ name: name ? `${name}.${key}` : key, text: textOf(value) }];
  });
}

function differences(before: unknown, after: unknown, path: readonly string[]): Detail[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ name: path.join('.'), text: `${textOf(before)} → ${textOf(after)}` }];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    return value.join('、');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One field of several that were changed. */
function isChange(value: unknown): value is { field: string; before: unknown; after: unknown } {
  return isObject(value) && typeof value['field'] === 'string' && 'before' in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
