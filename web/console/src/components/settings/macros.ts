import type { MacroAction, MacroKind } from '../../../../shared/api/settings';

export const MACRO_KINDS: readonly MacroKind[] = [
  'reply',
  'note',
  'tag',
  'priority',
  'transfer',
  'to_ticket',
  'close',
];

/** After these the conversation is no longer the agent's. */
const LAST: readonly MacroKind[] = ['transfer', 'close'];
const ONCE: readonly MacroKind[] = ['priority', 'to_ticket'];
const MOST = 10;

/** A new action with nothing filled in. */
export function blank(kind: MacroKind): MacroAction {
  switch (kind) {
    case 'reply':
    case 'note':
      return { kind, text: '' };
    case 'tag':
      return { kind, tags: [] };
    case 'priority':
      return { kind, priority: 'P2' };
    case 'transfer':
      return { kind, agent_id: null, skill: 'other', note: null };
    case 'to_ticket':
      return { kind, title: null, note: null };
    case 'close':
      return {
        kind,
        result: 'resolved',
        root_cause: null,
        category: null,
        note: null,
        follow_up: false,
      };
  }
}

/** Kinds that may still be added. */
export function addable(actions: readonly MacroAction[]): MacroKind[] {
  if (actions.length >= MOST) return [];
  const kinds = actions.map((action) => action.kind);
  const ended = kinds.some((kind) => LAST.includes(kind));
  return MACRO_KINDS.filter(
    (kind) => !(ended && LAST.includes(kind)) && !(ONCE.includes(kind) && kinds.includes(kind)),
  );
}

/** Adds an action; before one that gives the conversation away, which stays last. */
export function added(actions: readonly MacroAction[], action: MacroAction): MacroAction[] {
  const last = actions.at(-1);
  if (!last || !LAST.includes(last.kind)) return [...actions, action];
  return [...actions.slice(0, -1), action, last];
}

/** May the action at `at` go one place up (-1) or down (1)? */
export function movable(actions: readonly MacroAction[], at: number, step: 1 | -1): boolean {
  const [one, other] = [actions[at], actions[at + step]];
  return !!one && !!other && !LAST.includes(one.kind) && !LAST.includes(other.kind);
}

export function moved(actions: readonly MacroAction[], at: number, step: 1 | -1): MacroAction[] {
  const next = [...actions];
  const [one, other] = [next[at], next[at + step]];
  if (one && other && movable(actions, at, step)) [next[at], next[at + step]] = [other, one];
  return next;
}

/** Is something still missing in an action? */
export function complete(action: MacroAction): boolean {
  switch (action.kind) {
    case 'reply':
    case 'note':
      return action.text.trim() !== '';
    case 'tag':
      return action.tags.length > 0;
    case 'transfer':
      return (action.agent_id === null) !== (action.skill === null);
    default:
      return true;
  }
}
