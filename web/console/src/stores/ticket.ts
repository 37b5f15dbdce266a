import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  RevealedTicket,
  StateMove,
  TicketDetail,
  TicketEvent,
  TicketFields,
} from '../../../shared/api/tickets';
import { ApiError } from '../api/http';
import { useApi } from '../api/provide';
import { TicketsApi } from '../api/tickets';
import { changesBetween, type FieldChange } from '../format/ticket-changes';
import { useSession } from './session';
import { useTicketList } from './ticket-list';

/** Somebody else was faster; what one wanted is kept. */
export interface StaleChange {
  /** What the others changed in the meantime. */
  changes: FieldChange[];
  /** Who they were, by name; the desk itself and the customer have none. */
  by: string[];
  /** What one wanted to save. */
  fields: TicketFields | null;
  move: StateMove | null;
}

/** The opened ticket. */
export const useTicket = defineStore('ticket', () => {
  const api = useApi(TicketsApi);
  const list = useTicketList();
  const session = useSession();

  const number = ref<string | null>(null);
  const detail = ref<TicketDetail | null>(null);
  const events = ref<TicketEvent[] | null>(null);
  const error = ref<unknown>(null);
  const stale = ref<StaleChange | null>(null);
  /** The ticket as it was when somebody began to write, by editor: it may be read anew meanwhile. */
  const bases = new Map<string, TicketDetail>();

  /** What was looked at in full, and the version it belongs to. */
  const seen = ref<(RevealedTicket & { version: number }) | null>(null);
  /** What is masked elsewhere, until the ticket changes or is left. */
  const revealed = computed(() =>
    seen.value && seen.value.version === detail.value?.version ? seen.value : null,
  );

  /** Customers' notes that were looked at in full, until the ticket is left. */
  const seenNotes = ref<ReadonlyMap<string, string>>(new Map());

  const watched = computed(
    () => detail.value?.watchers.some((person) => person.id === session.user?.id) ?? false,
  );
  /** A merged ticket goes on elsewhere: it is read only. */
  const frozen = computed(() => detail.value?.merged_into != null);

  async function open(wanted: string): Promise<void> {
    if (number.value !== wanted) clear();
    number.value = wanted;
    await load();
  }

  function clear(): void {
    number.value = null;
    detail.value = null;
    events.value = null;
    error.value = null;
    stale.value = null;
    seen.value = null;
    seenNotes.value = new Map();
    bases.clear();
  }

  /** An editor begins with the ticket as it is now. */
  function begin(editor: string): void {
    if (detail.value) bases.set(editor, detail.value);
  }

  async function load(): Promise<void> {
    const wanted = number.value;
    if (wanted === null) return;
    try {
      const [found, history] = await Promise.all([api.show(wanted), api.history(wanted)]);
      if (number.value !== wanted) return;
      error.value = null;
      events.value = history;
      keep(found);
    } catch (problem) {
      if (number.value === wanted) error.value = problem;
    }
  }

  /** Does something with the ticket and shows it as it is then. */
  async function act(
    what: (api: TicketsApi, number: string) => Promise<TicketDetail>,
  ): Promise<void> {
    const wanted = number.value;
    if (wanted === null) return;
    const found = await what(api, wanted);
    if (number.value !== wanted || found.number !== wanted) return;
    keep(found);
    await readHistory(wanted);
  }

  /** Saves fields, for an `editor` over the ticket as it was when it began.
   * False when somebody else was faster: `stale` says what they changed. */
  function save(fields: TicketFields, editor?: string): Promise<boolean> {
    return guarded({ fields, move: null }, editor, (version) =>
      act((tickets, at) => tickets.change(at, version, fields)),
    );
  }

  /** Moves to another state; as `save`. */
  function move(wanted: StateMove, editor?: string): Promise<boolean> {
    return guarded({ fields: null, move: wanted }, editor, (version) =>
      act((tickets, at) => tickets.move(at, version, wanted)),
    );
  }

  /** Shows what is masked; the look is recorded with its reason. */
  async function reveal(reason: string): Promise<void> {
    const before = detail.value;
    if (!before) return;
    const found = await api.reveal(before.number, reason);
    if (number.value === before.number) seen.value = { ...found, version: before.version };
  }

  /** A note in full; the look is recorded with its reason. */
  async function revealNote(id: string, reason: string): Promise<void> {
    const wanted = number.value;
    if (wanted === null) return;
    const { text } = await api.revealNote(wanted, id, reason);
    if (number.value === wanted) seenNotes.value = new Map(seenNotes.value).set(id, text);
  }

  /** Saves what was held back, over what others wrote in the meantime. */
  async function insist(): Promise<boolean> {
    const held = stale.value;
    stale.value = null;
    if (held?.fields) return save(held.fields);
    return held?.move ? move(held.move) : true;
  }

  async function guarded(
    wanted: Pick<StaleChange, 'fields' | 'move'>,
    editor: string | undefined,
    send: (version: number) => Promise<void>,
  ): Promise<boolean> {
    const before = (editor && bases.get(editor)) || detail.value;
    if (!before) return false;
    try {
      await send(before.version);
      saved(before, editor);
      return true;
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.code !== 'conflict') throw problem;
      if (editor) bases.delete(editor);
      await load();
      const after = detail.value;
      if (after?.number === before.number) {
        const by = namesSince(events.value ?? [], before.updated_at, session.user?.id);
        stale.value = { ...wanted, changes: changesBetween(before, after), by };
      }
      return false;
    }
  }

  /** What one has saved oneself is no surprise to the other editors. */
  function saved(before: TicketDetail, editor: string | undefined): void {
    if (editor) bases.delete(editor);
    for (const [other, base] of bases) {
      if (base.version === before.version && detail.value) bases.set(other, detail.value);
    }
  }

  function keep(found: TicketDetail): void {
    detail.value = found;
    list.apply(found);
  }

  /** The history is worth less than what was done: without it the page goes on. */
  async function readHistory(wanted: string): Promise<void> {
    try {
      const history = await api.history(wanted);
      if (number.value === wanted) events.value = history;
    } catch {
      // it comes with the next load
    }
  }

  return {
    number,
    detail,
    events,
    error,
    stale,
    revealed,
    watched,
    frozen,
    open,
    clear,
    begin,
    load,
    act,
    save,
    move,
    reveal,
    seenNotes,
    revealNote,
    insist,
  };
});

/** Who wrote into the history after `since`, each once, without `me`. */
export function namesSince(
  events: readonly TicketEvent[],
  since: string,
  me: string | undefined,
): string[] {
  const later = events.filter((event) => Date.parse(event.created_at) > Date.parse(since));
  const names = later.flatMap(({ author }) =>
    author && author.id !== me ? author.display_name : [],
  );
  return [...new Set(names)];
}
