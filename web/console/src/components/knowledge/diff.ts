import type { Button } from '../../../../shared/api';
import type { FieldChange } from '../../../../shared/api/knowledge';

/** Names for what stands in fields as keys and ids. */
export interface Names {
  category(key: string): string;
  person(id: string): string;
  channel(key: string): string;
  time(iso: string): string;
  yes: string;
  no: string;
  none: string;
}

/** What stands in a field of an entry, as text. */
export function textOf(field: string, value: unknown, names: Names): string {
  if (value === null || value === undefined || value === '') return names.none;
  if (typeof value === 'boolean') return value ? names.yes : names.no;
  switch (field) {
    case 'category':
      return names.category(String(value));
    case 'owner_id':
      return names.person(String(value));
    case 'valid_from':
    case 'valid_to':
      return names.time(String(value));
    case 'buttons':
      return lines(
        (value as Button[]).map(({ title, text }) => `${title} → ${text}`),
        names,
      );
    case 'variants': {
      const answers = Object.entries(value as Record<string, string>);
      return lines(
        answers.map(([key, text]) => `${names.channel(key)}：${text}`),
        names,
      );
    }
  }
  if (Array.isArray(value)) return lines(value.map(String), names);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function lines(texts: readonly string[], { none }: Names): string {
  return texts.length > 0 ? texts.join('\n') : none;
}

export interface Shown {
  field: string;
  /** Taken out, and put in: whole values, or the questions that went and came. */
  out: string[];
  in: string[];
}

export function shownChange(change: FieldChange, names: Names): Shown {
  const { field, before, after, added, removed } = change;
  if (field === 'questions') return { field, out: removed, in: added };
  return { field, out: [textOf(field, before, names)], in: [textOf(field, after, names)] };
}

/** What two versions of the desk call a note: `restore:3` and `import` are its own words. */
export function noteOf(note: string | null): {
  kind: 'restored' | 'import' | 'said';
  text: string;
} {
  const restored = /^restore:(\d+)$/.exec(note ?? '')?.[1];
  if (restored) return { kind: 'restored', text: restored };
  return { kind: note === 'import' ? 'import' : 'said', text: note ?? '' };
}
