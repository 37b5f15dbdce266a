import type { Survey } from '../../../shared/api/visitor';
import { fill, type Texts } from '../i18n';
import type { RatingResult } from '../session/state';
import { h, icon, setText } from './dom';

const STARS = 5;
const LIKELIEST = 10;
const COMMENT_LENGTH = 1000;
const STAR = 'M12 3l2.7 5.9 6.3.7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7z';

export interface SurveyActions {
  rate(survey: Survey): Promise<RatingResult>;
  skip(): void;
}

/** Asked once when a conversation has ended: stars, would you recommend us, and a few words. */
export class SurveyView {
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly more: HTMLElement;
  private readonly words: HTMLElement;
  private readonly comment: HTMLTextAreaElement;
  private readonly submit: HTMLButtonElement;

  constructor(
    private readonly texts: Texts,
    private readonly actions: SurveyActions,
  ) {
    this.words = h('p', { class: 'words', role: 'status', tabindex: -1 });
    this.comment = h('textarea', {
      rows: 2,
      maxlength: COMMENT_LENGTH,
      placeholder: texts.rateComment,
      'aria-label': texts.rateComment,
    });
    this.submit = h('button', { type: 'submit', class: 'primary' }, texts.rateSubmit);
    const skip = h('button', { type: 'button', class: 'plain' }, texts.rateSkip);
    skip.addEventListener('click', () => actions.skip());
    this.more = h('div', { hidden: true }, this.recommend(), this.comment, this.submit);
    this.form = h(
      'form',
      {},
      h('fieldset', {}, h('legend', {}, texts.rateTitle), this.stars()),
      this.more,
      skip,
    );
    this.form.addEventListener('change', () => (this.more.hidden = this.chosen('score') === null));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    this.element = h('section', { class: 'survey', hidden: true }, this.form, this.words);
  }

  /** `due`: it may be asked; `ended`: the conversation is over, thanks may stay. */
  update(due: boolean, ended: boolean): void {
    if (!ended) this.reset();
    this.form.hidden = !due;
    this.element.hidden = !due && !this.words.textContent;
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

  private recommend(): HTMLElement {
    const row = h('div', { class: 'scale' });
    for (let value = 0; value <= LIKELIEST; value += 1) {
      const label = fill(this.texts.npsPoints, { count: value });
      const input = h('input', { type: 'radio', name: 'nps', value, 'aria-label': label });
      row.append(h('label', { class: 'point' }, input, String(value)));
    }
    const ends = h('div', { class: 'ends' }, h('span', {}, this.texts.npsNever));
    ends.append(h('span', {}, this.texts.npsSurely));
    return h('fieldset', {}, h('legend', {}, this.texts.npsTitle), row, ends);
  }

  private chosen(name: string): number | null {
    const value = new FormData(this.form).get(name);
    return value === null ? null : Number(value);
  }

  private reset(): void {
    this.form.reset();
    this.more.hidden = true;
    setText(this.words, '');
  }

  private async send(): Promise<void> {
    const score = this.chosen('score');
    if (score === null || this.submit.disabled) return;
    this.submit.disabled = true;
    const comment = this.comment.value.trim() || null;
    const result = await this.actions.rate({ score, nps: this.chosen('nps'), comment });
    this.submit.disabled = false;
    const words = {
      stored: this.texts.rateThanks,
      already: this.texts.rateAlready,
      failed: this.texts.rateFailed,
    };
    setText(this.words, words[result]);
    this.element.hidden = false;
    if (result !== 'failed') this.words.focus();
  }
}
