import type { Json, JsonObject } from '../../../../shared/api/settings';
import zh from '../../i18n/zh';

/** A time target of the norms: minutes, working days, or the earlier of both. */
export interface Target {
  minutes?: number;
  clock?: boolean;
  working_days?: number;
}

export type FieldKind =
  'figure' | 'text' | 'switch' | 'list' | 'choice' | 'several' | 'target' | 'fixed';

/** One thing of a policy that can be set. */
export interface PolicyField {
  path: readonly string[];
  kind: FieldKind;
  value: Json;
  default: Json;
}

/** Fields that belong on one line: one each priority, or a single one. */
export interface PolicyRow {
  path: readonly string[];
  fields: PolicyField[];
  /** P1 … P4 stand beside each other. */
  byPriority: boolean;
}

export interface PolicyGroup {
  /** None for rows that stand by themselves. */
  name: string | null;
  rows: PolicyRow[];
}

const GRADES = ['minor', 'serious', 'major', 'critical'];
const PRIORITIES = ['P1', 'P2', 'P3', 'P4'];

/** Texts that are one of a few, and lists of some of a few, by policy and path. */
const CHOICES: Record<string, readonly string[]> = {
  'routing.assignment': ['auto', 'pull'],
  'training.when': ['off', 'daily', 'lines'],
  'incidents.management_from': GRADES,
  'incidents.grades.facts.data_leak': GRADES,
  'incidents.grades.facts.outage': GRADES,
  'incidents.grades.facts.danger': GRADES,
  'escalation.without_priority': PRIORITIES,
  'routing.skill.general': Object.keys(zh.category),
};
const RUNGS = ['agent', 'lead', 'management'];
const TARGET_PARTS = ['minutes', 'clock', 'working_days'];

export function choicesOf(key: string, path: readonly string[]): readonly string[] {
  if (key === 'escalation' && path[0] === 'alerts') return RUNGS;
  return CHOICES[[key, ...path].join('.')] ?? [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTarget(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const parts = Object.keys(value);
  const known = parts.every((part) => TARGET_PARTS.includes(part));
  return known && ('minutes' in value || 'working_days' in value);
}

/** A policy as groups of rows, in the order of its file. */
export function groupsOf(key: string, value: JsonObject, standard: JsonObject): PolicyGroup[] {
  const groups: PolicyGroup[] = [];
  for (const name of Object.keys(standard)) {
    const fields = fieldsOf(key, value[name] ?? null, standard[name] ?? null, [name]);
    const rows: PolicyRow[] = [];
    for (const field of fields) {
      const byPriority = PRIORITIES.includes(field.path.at(-1) ?? '');
      const path = byPriority ? field.path.slice(0, -1) : field.path;
      const last = rows.at(-1);
      if (byPriority && last?.byPriority && same([...last.path], [...path])) {
        last.fields.push(field);
      } else rows.push({ path, fields: [field], byPriority });
    }
    groups.push({ name, rows });
  }
  return groups;
}

/** Groups as they are shown: single rows that follow each other stand together, without a name. */
export function cardsOf(groups: readonly PolicyGroup[]): PolicyGroup[] {
  const cards: PolicyGroup[] = [];
  for (const group of groups) {
    const last = cards.at(-1);
    if (group.rows.length > 1) cards.push(group);
    else if (last?.name === null) last.rows.push(...group.rows);
    else cards.push({ name: null, rows: [...group.rows] });
  }
  return cards;
}

function fieldsOf(key: string, value: Json, standard: Json, path: string[]): PolicyField[] {
  if (isObject(standard) && !isTarget(standard)) {
    const given = isObject(value) ? value : {};
    return Object.keys(standard).flatMap((name) =>
      fieldsOf(key, given[name] ?? null, standard[name] ?? null, [...path, name]),
    );
  }
  return [{ path, kind: kindOf(key, standard, path), value, default: standard }];
}

function kindOf(key: string, standard: Json, path: readonly string[]): FieldKind {
  if (isTarget(standard)) return 'target';
  if (choicesOf(key, path).length > 0) return Array.isArray(standard) ? 'several' : 'choice';
  if (typeof standard === 'number') return 'figure';
  if (typeof standard === 'boolean') return 'switch';
  if (typeof standard === 'string') return 'text';
  if (Array.isArray(standard) && standard.every((each) => typeof each === 'string')) return 'list';
  return 'fixed';
}

/** `value` with another value at `path`; nothing else is touched. */
export function withValue(value: JsonObject, path: readonly string[], next: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (rest.length === 0) return { ...value, [name]: next };
  const below = value[name];
  return { ...value, [name]: withValue(isObject(below) ? below : {}, rest, next) };
}

export function same(one: Json, other: Json): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}

/** A target from what stands in its fields; null while nothing of it is set. */
export function targetOf(minutes: string, days: string, clock: boolean): Target | null {
  const target: Target = {};
  if (minutes.trim() !== '') target.minutes = Number(minutes);
  if (days.trim() !== '') target.working_days = Number(days);
  if (target.minutes === undefined && target.working_days === undefined) return null;
  // working days are never on the clock
  if (clock && target.working_days === undefined) target.clock = true;
  return target;
}
