import { fill, type Texts } from '../i18n';
import type { TimelineItem } from '../session/timeline';
import { h, setText } from './dom';
import { linkify } from './linkify';

export interface MessageActions {
  pick(text: string): void;
  retry(clientId: string): void;
}

export interface MessageView {
  readonly element: HTMLElement;
  /** Shows what can change after a message is there: its delivery and its buttons. */
  update(item: TimelineItem, withName: boolean): void;
}

/** One line of the log: a bubble, or a notice in the middle. */
export function messageView(
  item: TimelineItem,
  texts: Texts,
  actions: MessageActions,
): MessageView {
  const notice = item.author === 'system' || item.kind === 'notice';
  const text = h('div', { class: notice ? 'notice' : 'bubble', dir: 'auto' });
  text.append(...linkify(item.text));
  const name = h('div', { class: 'name' }, nameOf(item, texts));
  const meta = h('div', { class: 'meta' });
  const chips = h('div', { class: 'chips' });
  const element = h(
    'div',
    { class: `item ${item.author}${notice ? ' centred' : ''}` },
    ...(notice ? [] : [name]),
    text,
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
    update(current, withName) {
      name.classList.toggle('hidden-visually', !withName);
      updateChips(chips, current);
      const stamp = `${current.delivery}|${current.problem}`;
      if (stamp === shown) return;
      shown = stamp;
      updateMeta(meta, current, texts, actions);
    },
  };
}

function updateChips(chips: HTMLElement, item: TimelineItem): void {
  for (const [index, chip] of [...chips.children].entries()) {
    const button = chip as HTMLButtonElement;
    button.disabled = !item.buttonsOpen;
    const picked = item.picked !== null && item.buttons[index]?.text === item.picked;
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

function nameOf(item: TimelineItem, texts: Texts): string {
  if (item.author === 'customer') return texts.you;
  if (item.author === 'agent') return item.authorName ?? texts.agent;
  return item.authorName ?? texts.bot;
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
