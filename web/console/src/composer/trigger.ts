/** What is being looked for in the composer: `/退款` a ready reply, `@林` a colleague. */
export interface Trigger {
  sign: '/' | '@';
  query: string;
  /** Where the sign stands. */
  from: number;
  /** Where the query ends: the caret. */
  to: number;
}

/** A sign counts at the beginning of the text, of a line, or after a blank: `3/4` is a fraction. */
const BEFORE_CARET = /(?:^|\s)([/@])([\p{L}\p{N}_-]{0,32})$/u;

export function triggerAt(text: string, caret: number): Trigger | null {
  const match = BEFORE_CARET.exec(text.slice(0, caret));
  if (!match) return null;
  const [, sign, query = ''] = match;
  return { sign: sign as Trigger['sign'], query, from: caret - query.length - 1, to: caret };
}

/** `text` with `ready` where the trigger stands. */
export function replaced(text: string, trigger: Trigger, ready: string): string {
  return text.slice(0, trigger.from) + ready + text.slice(trigger.to);
}

/** The place of the first of `holes` in the text, to be written over. */
export function firstHole(text: string, holes: readonly string[]): [number, number] | null {
  const places = holes.map((hole) => [text.indexOf(hole), hole.length] as const);
  const there = places.filter(([at]) => at >= 0).sort(([one], [other]) => one - other);
  const [first] = there;
  return first ? [first[0], first[0] + first[1]] : null;
}

/** The unfilled places of a ready text, as the desk leaves them: 【订单号】. */
export function holesIn(text: string): string[] {
  return text.match(/【[^【】]{1,20}】/g) ?? [];
}
