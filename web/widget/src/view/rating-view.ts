import { fill, type Texts } from '../i18n';
import type { RatingResult } from '../session/chat-session';
import { h, icon, setText } from './dom';

const STARS = 5;
const COMMENT_LENGTH = 500;
const STAR = 'M12 3l2.7 5.9 6.3.7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7z';

export interface RatingActions {
  rate(score: number, comment: string): Promise<RatingResult>;
  newQuestion(): void;
}

/** Asked when a conversation has ended: one to five stars and, if one likes, a few words. */
export class RatingView {
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly words: HTMLElement;
  private readonly comment: HTMLTextAreaElement;
  private readonly submit: HTMLButtonElement;

  constructor(
    private readonly texts: Texts,
    private readonly actions: RatingActions,
  ) {
    this.words = h('p', { class: 'words', role: 'status' });
    this.comment = h('textarea', {
      rows: 2,
      maxlength: COMMENT_LENGTH,
      placeholder: texts.rateComment,
      'aria-label': texts.rateComment,
    });
    this.submit = h('button', { type: 'submit', class: 'primary', disabled: true });
    this.submit.append(texts.rateSubmit);
    this.form = h(
      'form',
      {},
      h('fieldset', {}, h('legend', {}, texts.rateTitle), this.stars()),
      this.comment,
      this.submit,
    );
    this.form.addEventListener('change', () => (this.submit.disabled = this.score() === 0));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    const again = h('button', { type: 'button', class: 'plain' }, texts.newQuestion);
    again.addEventListener('click', () => actions.newQuestion());
    this.element = h('section', { class: 'rating', hidden: true }, this.form, this.words, again);
  }

  update(ended: boolean, rating: number | null): void {
    this.element.hidden = !ended;
    this.form.hidden = rating !== null;
    if (rating !== null && !this.words.textContent) setText(this.words, this.texts.rateThanks);
    if (!ended) this.reset();
  }

  private stars(): HTMLElement {
    const row = h('div', { class: 'stars' });
    for (let score = 1; score <= STARS; score += 1) {
      const label = fill(this.texts.star, { count: score });
      const input = h('input', { type: 'radio', name: 'score', value: score, 'aria-label': label });
      row.append(h('label', { class: 'star', title: label }, input, icon(STAR)));
    }
    return row;
  }

  private score(): number {
    return Number(new FormData(this.form).get('score') ?? 0);
  }

  private reset(): void {
    this.form.reset();
    this.submit.disabled = true;
    setText(this.words, '');
  }

  private async send(): Promise<void> {
    this.submit.disabled = true;
    const result = await this.actions.rate(this.score(), this.comment.value);
    const words = {
      stored: this.texts.rateThanks,
      already: this.texts.rateAlready,
      failed: this.texts.rateFailed,
    };
    setText(this.words, words[result]);
    this.submit.disabled = false;
  }
}
