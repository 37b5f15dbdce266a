import type { TicketEvent } from '../../../shared/api/tickets';
import { plain } from './ticket-changes';

/** What the history needs to know from around it. */
export interface HistoryWords {
  /** The sentence of a kind of entry with its blanks filled in. */
  say(kind: string, blanks: Record<string, string>): string;
  fieldName(field: string): string;
  valueText(field: string, value: string): string;
  stepName(step: string): string;
  linkName(kind: string): string;
  /** Of a member of staff or a team; null for somebody unknown. */
  nameOf(id: string): string | null;
}

/** That these long texts changed is enough. */
const BRIEF_FIELDS = new Set(['description', 'result', 'root_cause']);
const IDS = new Set(['assignee_id', 'team_id']);

/** An entry of the history as a sentence. */
export function sentence({ kind, data }: TicketEvent, words: HistoryWords): string {
  const text = (key: string): string => plain(data[key]);
  switch (kind) {
    case 'changed':
      return changed(text('field'), data, words);
    case 'state': {
      const blanks = {
        before: words.valueText('state', text('before')),
        after: words.valueText('state', text('after')),
        reason: text('reason'),
      };
      return words.say(blanks.reason ? 'stateWhy' : 'state', blanks);
    }
    case 'created':
      return words.say('created', { priority: words.valueText('priority', text('priority')) });
    case 'item_done':
      return words.say(data['done'] === false ? 'item_undone' : 'item_done', {
        text: text('text'),
      });
    case 'linked':
    case 'unlinked':
      return words.say(kind, { other: text('other'), link: words.linkName(text('link')) });
    case 'step':
      return words.say('step', { step: words.stepName(text('step')), result: text('result') });
    default:
      return words.say(kind, Object.fromEntries(Object.keys(data).map((key) => [key, text(key)])));
  }
}

function changed(field: string, data: Record<string, unknown>, words: HistoryWords): string {
  const what = words.fieldName(field);
  if (BRIEF_FIELDS.has(field)) return words.say('changedLong', { what });
  if (field === 'repeated') return words.say(data['after'] ? 'repeated' : 'notRepeated', {});
  const shown = (value: unknown): string => {
    const text = plain(value);
    const known = IDS.has(field) && text ? (words.nameOf(text) ?? text) : text;
    return words.valueText(field, known);
  };
  return words.say('changed', {
    what,
    before: shown(data['before']),
    after: shown(data['after']),
  });
}
