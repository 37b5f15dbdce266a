import type { Attachment, Message, Quote } from '../../../shared/api';
import type { Outgoing } from './outbox';

export type Delivery = 'sending' | 'sent' | 'read' | 'failed';

/** One line of the conversation as the visitor sees it. */
export interface TimelineItem {
  /** Stays the same from the moment a message is written. */
  key: string;
  author: Message['author'];
  authorName: string | null;
  kind: Message['kind'];
  text: string;
  /** Of a message that was taken back since, without its words. */
  quote: Quote | null;
  attachments: readonly Attachment[];
  /** Taken back: only that is shown. */
  recalled: boolean;
  createdAt: string;
  /** Null for what others wrote. */
  delivery: Delivery | null;
  clientId: string | null;
  /** Why a failed message was refused, in words, when the desk said so. */
  problem: string | null;
  buttons: Message['buttons'];
  /** Buttons can be tapped until the customer has said something. */
  buttonsOpen: boolean;
  /** Text of the button that was tapped. */
  picked: string | null;
}

/** Everything the desk has said so far, in order and once, whatever way and however often it came. */
export class Timeline {
  private messages: Message[] = [];
  private known = new Set<number>();

  /** The newest `seq`: what to ask the desk for begins after it. */
  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  get all(): readonly Message[] {
    return this.messages;
  }

  /** Takes what is new; returns it. */
  add(messages: readonly Message[]): Message[] {
    const fresh = messages.filter((message) => !this.known.has(message.seq));
    this.recall(messages.filter((message) => message.recalled).map((message) => message.seq));
    if (fresh.length === 0) return fresh;
    for (const message of fresh) this.known.add(message.seq);
    this.messages = [...this.messages, ...fresh].sort((one, other) => one.seq - other.seq);
    return fresh;
  }

  /** Takes out what staff has taken back. */
  recall(seqs: readonly number[]): void {
    const gone = new Set(seqs);
    this.messages = this.messages.map((message) => {
      const quote = withoutWords(message.quote, gone);
      if (!gone.has(message.seq)) return { ...message, quote };
      return { ...message, recalled: true, text: '', buttons: [], attachments: [], quote: null };
    });
  }

  clear(): void {
    this.messages = [];
    this.known.clear();
  }
}

function withoutWords(quote: Quote | null, gone: ReadonlySet<number>): Quote | null {
  return quote && gone.has(quote.seq) ? { ...quote, text: '' } : quote;
}

/** Puts stored messages and those on their way into one list. */
export function arrange(
  messages: readonly Message[],
  outbox: readonly Outgoing[],
  agentReadSeq: number,
): TimelineItem[] {
  const lastSaid = messages.findLastIndex((message) => message.author === 'customer');
  const spoken = outbox.length > 0 ? messages.length : lastSaid;
  const stored = messages.map((message, index): TimelineItem => {
    const open = index > spoken;
    return {
      key: keyOf(message),
      author: message.author,
      authorName: message.author_name,
      kind: message.kind,
      text: message.text,
      quote: message.quote,
      attachments: message.attachments,
      recalled: message.recalled,
      createdAt: message.created_at,
      delivery: message.author === 'customer' ? delivery(message, agentReadSeq) : null,
      clientId: message.client_id,
      problem: null,
      buttons: message.buttons,
      buttonsOpen: open,
      picked: open || message.buttons.length === 0 ? null : picked(messages, index, outbox),
    };
  });
  return [...stored, ...outbox.map(onItsWay)];
}

/** A message that was taken back is shown as another one. */
function keyOf(message: Message): string {
  if (message.recalled) return `r:${message.seq}`;
  return message.client_id ? `c:${message.client_id}` : `s:${message.seq}`;
}

function delivery(message: Message, agentReadSeq: number): Delivery {
  return message.seq <= agentReadSeq ? 'read' : 'sent';
}

/** What the customer said next, when it is the text of one of the buttons. */
function picked(
  messages: readonly Message[],
  index: number,
  outbox: readonly Outgoing[],
): string | null {
  const next =
    messages.slice(index + 1).find((message) => message.author === 'customer') ?? outbox[0];
  const buttons = messages[index]?.buttons ?? [];
  return buttons.find((button) => button.text === next?.text)?.text ?? null;
}

function onItsWay(outgoing: Outgoing): TimelineItem {
  return {
    key: `c:${outgoing.clientId}`,
    author: 'customer',
    authorName: null,
    kind: 'text',
    text: outgoing.text,
    quote: null,
    attachments: outgoing.attachments,
    recalled: false,
    createdAt: outgoing.createdAt,
    delivery: outgoing.state === 'accepted' ? 'sent' : outgoing.state,
    clientId: outgoing.clientId,
    problem: outgoing.problem,
    buttons: [],
    buttonsOpen: false,
    picked: null,
  };
}
