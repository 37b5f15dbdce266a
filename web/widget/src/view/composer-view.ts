import { fill, type Texts } from '../i18n';
import { ACCEPT, type FileUnderway } from '../session/files';
import type { ChatState } from '../session/state';
import { fitHeight, h, icon, setText } from './dom';
import { limitsText, TrayView } from './tray-view';

export const LONGEST = 2000;
const SHOW_COUNT_FROM = 1800;
const TALLEST_PX = 132;
const IME_KEYCODE = 229;
const PICTURE_ICON = 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9.5h.01';
const SEND_ICON = 'M12 19V5M5.5 11.5L12 5l6.5 6.5';

export interface ComposerActions {
  send(text: string): void;
  typing(): void;
  addFiles(files: Iterable<File>): void;
  retryFile(key: string): void;
  removeFile(key: string): void;
  dismissFiles(): void;
}

/** Where the visitor writes: Enter sends unless an input method is composing. */
export class ComposerView {
  readonly element: HTMLFormElement;
  private readonly input: HTMLTextAreaElement;
  private readonly submit: HTMLButtonElement;
  private readonly tray: TrayView;
  private files: readonly FileUnderway[] = [];
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
    this.tray = new TrayView(texts, {
      retry: (key) => actions.retryFile(key),
      dismiss: () => {
        actions.dismissFiles();
        this.focus();
      },
      remove: (key) => {
        actions.removeFile(key);
        this.input.focus();
      },
    });
    this.element = h(
      'form',
      { class: 'composer' },
      this.tray.element,
      this.count,
      h('span', { id: 'hint', class: 'hidden-visually' }, texts.hint),
      h('div', { class: 'row' }, ...this.filePicker(), this.input, this.submit),
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
    this.input.addEventListener('paste', (event) => this.onPaste(event));
    this.refresh();
  }

  update({ files, refusedFiles }: ChatState): void {
    this.tray.update(files, refusedFiles);
    this.files = files;
    this.refreshSubmit();
  }

  /** Put words into the field, after those that are there. */
  insert(text: string): void {
    this.input.value = [this.input.value, text].filter(Boolean).join('\n');
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
    if (!this.sendable()) return;
    const text = this.input.value.trim();
    this.input.value = '';
    this.refresh();
    this.actions.send(text);
    this.input.focus();
  }

  private refresh(): void {
    const length = lengthOf(this.input.value.trim());
    this.refreshSubmit();
    this.count.hidden = length < SHOW_COUNT_FROM;
    this.count.classList.toggle('over', length > LONGEST);
    setText(this.count, this.countText(length));
    fitHeight(this.input, TALLEST_PX);
  }

  private refreshSubmit(): void {
    this.submit.disabled = !this.sendable();
  }

  /** Something to send, nothing too long, and every file is up. */
  private sendable(): boolean {
    const length = lengthOf(this.input.value.trim());
    const ready = this.files.every((file) => file.attachment !== null);
    return length <= LONGEST && ready && (length > 0 || this.files.length > 0);
  }

  private filePicker(): HTMLElement[] {
    const field = h('input', { type: 'file', accept: ACCEPT, multiple: true, hidden: true });
    field.addEventListener('change', () => {
      this.actions.addFiles([...(field.files ?? [])]);
      field.value = '';
      this.input.focus();
    });
    const title = `${this.texts.attach}（${limitsText(this.texts)}）`;
    const button = h('button', { type: 'button', class: 'attach', 'aria-label': title, title });
    button.append(icon(PICTURE_ICON));
    button.addEventListener('click', () => field.click());
    return [field, button];
  }

  /** Files are taken; what office programs copy is text first, with a picture of it. */
  private onPaste(event: ClipboardEvent): void {
    const pasted = event.clipboardData;
    if (!pasted?.files.length || pasted.types.includes('text/plain')) return;
    event.preventDefault();
    this.actions.addFiles([...pasted.files]);
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
