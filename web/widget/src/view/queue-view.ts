import type { VisitorConversation } from '../../../shared/api';
import { fill, type Texts } from '../i18n';
import type { LeaveWordResult } from '../session/state';
import { h, setText } from './dom';
import { LeaveWordView } from './leave-word-view';

const SECONDS_A_MINUTE = 60;

export interface QueueActions {
  leaveWord(text: string, contact: string): Promise<LeaveWordResult>;
  /** Words that were not sent because somebody came. */
  keep(text: string): void;
}

/** While the visitor waits: their place, the wait, and the way out of it. */
export class QueueView {
  readonly element: HTMLElement;
  private readonly line = h('p', { class: 'queue-line', role: 'status' });
  private readonly offer: HTMLButtonElement;
  private readonly keepWaiting: HTMLButtonElement;
  private readonly word: LeaveWordView;
  private conversation: VisitorConversation | null = null;
  private waiting = false;
  private offered = false;

  constructor(
    private readonly texts: Texts,
    english: boolean,
    private readonly actions: QueueActions,
  ) {
    this.offer = h('button', { type: 'button', class: 'plain' }, texts.leaveWord);
    this.offer.addEventListener('click', () => this.openForm());
    this.keepWaiting = h('button', { type: 'button', class: 'plain' }, texts.wordKeepWaiting);
    this.keepWaiting.addEventListener('click', () => {
      this.showForm(false);
      this.offer.focus();
    });
    this.word = new LeaveWordView(texts, english, {
      leaveWord: actions.leaveWord,
      told: () => this.update(this.conversation),
    });
    const row = h('div', { class: 'queue-row' }, this.line, this.offer, this.keepWaiting);
    this.element = h('section', { class: 'banner queue', hidden: true }, row, this.word.element);
  }

  /** Opens the form; false when there is no wait to turn into a ticket. */
  openForm(): boolean {
    if (!this.waiting || this.word.isDone) return false;
    this.showForm(true);
    this.word.focus();
    return true;
  }

  update(conversation: VisitorConversation | null): void {
    const waiting = conversation?.state === 'queued';
    this.conversation = conversation;
    if (this.waiting && !waiting) this.over(conversation);
    if (waiting ? !this.waiting : conversation?.state !== 'ticketed') this.word.forget();
    this.waiting = waiting;
    this.element.hidden = !waiting && !this.word.isDone;
    this.line.hidden = !waiting;
    setText(this.line, waiting ? this.lineText(conversation) : '');
    // nobody is there: leaving word is the better choice, so it comes first
    if (waiting && conversation.expected_wait_seconds === null && !this.offered) {
      this.showForm(true);
    }
    this.offer.hidden = !waiting || this.word.isOpen || this.word.isDone;
    this.keepWaiting.hidden = !this.word.isOpen;
  }

  private over(conversation: VisitorConversation | null): void {
    const left = this.word.unsent;
    if (left && conversation?.state !== 'ticketed') this.actions.keep(left);
    this.word.show(false);
    this.offered = false;
  }

  private showForm(open: boolean): void {
    this.offered = true;
    this.word.show(open);
    this.offer.hidden = open;
    this.keepWaiting.hidden = !open;
  }

  private lineText(conversation: VisitorConversation): string {
    const place = conversation.queue_position;
    const where = place ? fill(this.texts.queuePlace, { place }) : this.texts.stateQueued;
    return `${where} · ${waitText(conversation.expected_wait_seconds, this.texts)}`;
  }
}

/** Rounded as the desk rounds it in its notices. */
function waitText(seconds: number | null, texts: Texts): string {
  if (seconds === null) return texts.waitUnknown;
  if (seconds < SECONDS_A_MINUTE) return texts.waitSoon;
  return fill(texts.waitMinutes, { count: Math.round(seconds / SECONDS_A_MINUTE) });
}
