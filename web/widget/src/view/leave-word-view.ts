import type { WordLeft } from '../../../shared/api/visitor';
import { fill, type Texts } from '../i18n';
import type { LeaveWordResult } from '../session/state';
import { fitHeight, h, setText } from './dom';
import { timeOf } from './message-view';

const TEXT_LENGTH = 2000;
const CONTACT_LENGTH = 100;
/** Four lines: the log stays in view. */
const TALLEST_PX = 112;

export interface LeaveWordActions {
  leaveWord(text: string, contact: string): Promise<LeaveWordResult>;
  /** The ticket is shown. */
  told(): void;
}

/** A few words left instead of waiting, and then the ticket they have become. */
export class LeaveWordView {
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly text: HTMLTextAreaElement;
  private readonly contact: HTMLInputElement;
  private readonly submit: HTMLButtonElement;
  private readonly problem = h('p', { class: 'refused', role: 'alert' });
  private readonly done = h('div', { class: 'done', tabindex: -1, hidden: true });

  constructor(
    private readonly texts: Texts,
    private readonly english: boolean,
    private readonly actions: LeaveWordActions,
  ) {
    this.text = h('textarea', { rows: 1, maxlength: TEXT_LENGTH, placeholder: texts.wordText });
    this.text.setAttribute('aria-label', texts.wordText);
    this.text.setAttribute('aria-describedby', 'word-hint');
    this.text.addEventListener('input', () => fitHeight(this.text, TALLEST_PX));
    this.contact = h('input', { maxlength: CONTACT_LENGTH, placeholder: texts.wordContact });
    this.contact.setAttribute('aria-label', texts.wordContact);
    this.contact.setAttribute('aria-describedby', 'word-hint');
    this.contact.autocomplete = 'tel';
    this.submit = h('button', { type: 'submit', class: 'primary' }, texts.wordSubmit);
    this.form = h(
      'form',
      { class: 'word', 'aria-label': texts.leaveWord, hidden: true },
      h('p', { id: 'word-hint' }, texts.wordHint),
      this.text,
      h('div', { class: 'word-row' }, this.contact, this.submit),
      this.problem,
    );
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    this.element = h('div', {}, this.form, this.done);
  }

  get isOpen(): boolean {
    return !this.form.hidden;
  }

  get isDone(): boolean {
    return !this.done.hidden;
  }

  /** What was written and not sent. */
  get unsent(): string {
    return this.isOpen ? this.text.value.trim() : '';
  }

  show(open: boolean): void {
    this.form.hidden = !open;
    if (open) fitHeight(this.text, TALLEST_PX);
    else setText(this.problem, '');
  }

  focus(): void {
    this.text.focus();
  }

  /** The ticket is no longer what the conversation is about. */
  forget(): void {
    this.done.hidden = true;
  }

  private async send(): Promise<void> {
    if (this.submit.disabled) return;
    this.submit.disabled = true;
    setText(this.problem, '');
    const result = await this.actions.leaveWord(this.text.value.trim(), this.contact.value.trim());
    this.submit.disabled = false;
    if (result === 'failed') setText(this.problem, this.texts.wordFailed);
    else if (result === 'contact') this.askForContact();
    else if (result === 'gone') setText(this.problem, this.texts.wordGone);
    else this.tell(result);
  }

  private askForContact(): void {
    setText(this.problem, this.texts.wordContactProblem);
    this.contact.focus();
  }

  private tell(left: WordLeft): void {
    const time = timeOf(left.first_response_due_at, new Date(), this.english);
    const link = h('a', { href: left.status_url, target: '_blank', rel: 'noopener' });
    link.append(this.texts.wordStatus);
    this.done.replaceChildren(
      h('p', {}, fill(this.texts.wordDone, { number: left.ticket_number, time })),
      link,
    );
    const focused = (this.element.getRootNode() as ShadowRoot).activeElement;
    this.form.reset();
    this.show(false);
    this.done.hidden = false;
    this.actions.told();
    if (!focused || this.form.contains(focused)) this.done.focus();
  }
}
