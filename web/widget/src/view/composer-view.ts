import { fill, type Texts } from '../i18n';
import { h, icon, setText } from './dom';

export const LONGEST = 2000;
const SHOW_COUNT_FROM = 1800;
const TALLEST_PX = 132;
const IME_KEYCODE = 229;
const SEND_ICON = 'M12 19V5M5.5 11.5L12 5l6.5 6.5';

export interface ComposerActions {
  send(text: string): void;
  typing(): void;
}

/** Where the visitor writes: Enter sends unless an input method is composing. */
export class ComposerView {
  readonly element: HTMLFormElement;
  private readonly input: HTMLTextAreaElement;
  private readonly submit: HTMLButtonElement;
  private readonly count = h('div', { class: 'count', role: 'status', hidden: true });

  constructor(
    private readonly texts: Texts,
    private readonly actions: ComposerActions,
  ) {
    this.input = h('textarea', {
      rows: 1,
      placeholder: texts.placeholder,
      'aria-label': texts.inputLabel,
      'aria-describedby': 'hint',
      enterkeyhint: 'send',
    });
    this.submit = h('button', { type: 'submit', class: 'send', 'aria-label': texts.send });
    this.submit.append(icon(SEND_ICON));
    this.element = h(
      'form',
      { class: 'composer' },
      this.count,
      h('span', { id: 'hint', class: 'hidden-visually' }, texts.hint),
      h('div', { class: 'row' }, this.input, this.submit),
    );
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('input', () => {
      this.refresh();
      if (this.input.value) this.actions.typing();
    });
    this.refresh();
  }

  /** Fit the text; a hidden field has no height to go by. */
  shown(): void {
    this.refresh();
  }

  focus(): void {
    this.input.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const composing = event.isComposing || event.keyCode === IME_KEYCODE;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    this.send();
  }

  private send(): void {
    const text = this.input.value.trim();
    if (!text || lengthOf(text) > LONGEST) return;
    this.input.value = '';
    this.refresh();
    this.actions.send(text);
    this.input.focus();
  }

  private refresh(): void {
    const length = lengthOf(this.input.value.trim());
    this.submit.disabled = length === 0 || length > LONGEST;
    this.count.hidden = length < SHOW_COUNT_FROM;
    this.count.classList.toggle('over', length > LONGEST);
    setText(this.count, this.countText(length));
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
  }

  private countText(length: number): string {
    const over = length - LONGEST;
    if (over > 0) return fill(this.texts.tooLong, { count: over });
    return length < SHOW_COUNT_FROM ? '' : fill(this.texts.left, { count: -over });
  }
}

/** Characters as the desk counts them: an emoji is one, not two. */
function lengthOf(text: string): number {
  return [...text].length;
}
