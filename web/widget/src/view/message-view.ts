import type { ConversationState, Quote } from '../../../shared/api';
import { fill, isForWaiting, type Texts } from '../i18n';
import type { TimelineItem } from '../session/timeline';
import { h, setText } from './dom';
import { attachmentView, type OpenFile } from './attachment-view';
import { linkify } from './linkify';
import { answerNodes, answerText } from './answer-view';

export interface MessageActions {
  pick(text: string): void;
  retry(clientId: string): void;
  openFile: OpenFile;
}

export interface Around {
  /** The first of several by the same author. */
  withName: boolean;
  /** That of the conversation: what a button offers may be past. */
  state: ConversationState | null;
}

/** States in which the bot and the desk itself take up what they have offered. */
const TAKEN_UP: readonly (ConversationState | null)[] = [null, 'bot', 'queued', 'ticketed'];

export interface MessageView {
  readonly element: HTMLElement;
  /** Shows what can change after a message is there: its delivery, its buttons, its quote. */
  update(item: TimelineItem, around: Around): void;
}

/** The desk's words for a message of files alone; the files speak for themselves. */
const STANDS_FOR_FILES = /^\[(文件|图片)\]$/;

/** One line of the log: a bubble, or a notice in the middle. */
export function messageView(
  item: TimelineItem,
  texts: Texts,
  actions: MessageActions,
): MessageView {
  const notice = item.author === 'system' || item.kind === 'notice' || item.recalled;
  const quote = h('blockquote', { dir: 'auto' });
  const words = item.attachments.length > 0 && STANDS_FOR_FILES.test(item.text) ? '' : item.text;
  const text = h('div', { class: notice ? 'notice' : 'bubble', dir: 'auto' });
  if (item.quote) text.append(quote);
  // only the desk's own answers have markup: what people write is text as it stands
  const marked = item.author === 'bot' && !notice;
  if (marked) text.append(...answerNodes(words, texts, actions.openFile));
  else text.append(...linkify(item.recalled ? texts.recalled : words));
  const files = item.attachments.map((file) => attachmentView(file, texts, actions.openFile));
  const name = h('div', { class: 'name' }, nameOf(item, texts));
  const meta = h('div', { class: 'meta' });
  const chips = h('div', { class: 'chips' });
  const element = h(
    'div',
    { class: `item ${item.author}${notice ? ' centred' : ''}` },
    ...(notice ? [] : [name]),
    ...(text.hasChildNodes() ? [text] : []),
    ...(files.length > 0 ? [h('div', { class: 'attached' }, ...files)] : []),
    ...(item.buttons.length > 0 ? [chips] : []),
    ...(item.author === 'customer' ? [meta] : []),
  );
  for (const button of item.buttons) {
    const chip = h('button', { type: 'button', class: 'chip' }, button.title);
    chip.addEventListener('click', () => actions.pick(button.text));
    chips.append(chip);
  }

  let shown = '';
  return {
    element,
    update(current, { withName, state }) {
      name.classList.toggle('hidden-visually', !withName);
      updateChips(chips, current, state);
      if (current.quote) setText(quote, quoteText(current.quote, texts));
      const stamp = `${current.delivery}|${current.problem}`;
      if (stamp === shown) return;
      shown = stamp;
      updateMeta(meta, current, texts, actions);
    },
  };
}

/** Who does not wait (any more) cannot leave word instead; the bot takes nothing up in the queue. */
function updateChips(
  chips: HTMLElement,
  item: TimelineItem,
  state: ConversationState | null,
): void {
  const waiting = state === 'queued';
  const past = !TAKEN_UP.includes(state) || (waiting && item.author === 'bot');
  for (const [index, chip] of [...chips.children].entries()) {
    const button = chip as HTMLButtonElement;
    const text = item.buttons[index]?.text ?? '';
    const picked = text === item.picked;
    button.disabled = !item.buttonsOpen || past;
    button.hidden = isForWaiting(text) && !waiting && !picked;
    button.classList.toggle('picked', picked);
    if (picked) button.setAttribute('aria-pressed', 'true');
  }
}

function updateMeta(
  meta: HTMLElement,
  item: TimelineItem,
  texts: Texts,
  actions: MessageActions,
): void {
  if (item.delivery !== 'failed') {
    meta.className = 'meta';
    setText(meta, item.delivery ? texts[item.delivery] : '');
    return;
  }
  meta.className = 'meta failed';
  const retry = h('button', { type: 'button', class: 'retry' }, texts.retry);
  retry.addEventListener('click', () => item.clientId && actions.retry(item.clientId));
  meta.replaceChildren(item.problem ?? texts.failed, ' ', retry);
}

function quoteText(quote: Quote, texts: Texts): string {
  const name = nameOf({ author: quote.author, authorName: quote.author_name }, texts);
  const text = quote.author === 'bot' ? answerText(quote.text, texts) : quote.text;
  return fill(texts.quoted, { name, text: text || texts.recalled });
}

function nameOf(
  { author, authorName }: Pick<TimelineItem, 'author' | 'authorName'>,
  texts: Texts,
): string {
  if (author === 'customer') return texts.you;
  return authorName ?? (author === 'agent' ? texts.agent : texts.bot);
}

/** Time of day, with the date when it is not today's. */
export function timeOf(iso: string, now: Date, english: boolean): string {
  const date = new Date(iso);
  const time = fill('{h}:{m}', { h: two(date.getHours()), m: two(date.getMinutes()) });
  if (date.toDateString() === now.toDateString()) return time;
  const [month, day] = [date.getMonth() + 1, date.getDate()];
  return english ? `${month}/${day} ${time}` : `${month} 月 ${day} 日 ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
