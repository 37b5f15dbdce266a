import type { StaffMessage } from '../../../shared/api';
import type { Delivery, Undelivered } from '../../../shared/api/reach';

/** As many messages as the desk gives at once. */
export const PAGE = 200;

/** Labels and turns are added to a message a moment after it came: so many are asked for again. */
const ASK_AGAIN = 20;

/** Takes messages in: each `seq` once, in order, the newer copy wins. */
export function merge(
  known: readonly StaffMessage[],
  news: readonly StaffMessage[],
): StaffMessage[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of news) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** Nothing is left of what was taken back, also where it was shown before. */
export function withoutRecalled(
  messages: readonly StaffMessage[],
  recalled: readonly number[],
): StaffMessage[] {
  const gone = new Set(recalled);
  return messages.map((message) =>
    gone.has(message.seq) && !message.recalled
      ? { ...message, recalled: true, text: '', quote: null, attachments: [], buttons: [] }
      : message,
  );
}

const ARRIVED: Delivery = { state: 'sent', problem: null, code: null };

/** Says of each message whether it reached the customer; what is not named has. */
export function withDeliveries(
  messages: readonly StaffMessage[],
  undelivered: readonly Undelivered[],
): StaffMessage[] {
  const known = new Map(undelivered.map(({ seq, ...delivery }) => [seq, delivery]));
  return messages.map((message) => {
    if (!message.delivery) return message;
    const delivery = known.get(message.seq) ?? ARRIVED;
    const same =
      delivery.state === message.delivery.state && delivery.problem === message.delivery.problem;
    return same ? message : { ...message, delivery };
  });
}

/** The `seq` after which to ask: before the oldest recent message that is not finished yet. */
export function askFrom(messages: readonly StaffMessage[]): number {
  const unfinished = messages
    .slice(-ASK_AGAIN)
    .find(
      (message) => message.author === 'customer' && (!message.labels || !message.turn?.outcome),
    );
  return unfinished ? unfinished.seq - 1 : (messages.at(-1)?.seq ?? 0);
}

/** The `seq` after which to ask when it is not known what was missed: the recent ones again. */
export function askRecentFrom(messages: readonly StaffMessage[]): number {
  return (messages.at(-ASK_AGAIN)?.seq ?? 1) - 1;
}

/** Said to the customer by a person. */
export function isAnswer(message: StaffMessage): boolean {
  return message.author === 'agent' && !message.private && !message.recalled;
}

/** Changes when the bot has done something; what a person was given is not done yet. */
export function outcomesOf(messages: readonly StaffMessage[]): string {
  const outcomes = messages.map((message) => message.turn?.outcome);
  return outcomes.filter((outcome) => outcome && outcome !== 'delivered').join();
}
