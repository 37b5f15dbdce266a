import { fill, type Texts } from '../i18n';
import { LARGEST_MB, MOST_FILES, type FileUnderway, type RefusedFile } from '../session/files';
import { h, icon, place, setText } from './dom';
import { sizeOf } from './size';

const REMOVE_ICON = 'M7 7l10 10M17 7L7 17';
const LIMITS = { size: LARGEST_MB, count: MOST_FILES };

export interface TrayActions {
  retry(key: string): void;
  remove(key: string): void;
  dismiss(): void;
}

interface Row {
  readonly element: HTMLElement;
  update(file: FileUnderway): void;
}

/** What is allowed, in words. */
export function limitsText(texts: Texts): string {
  return fill(texts.fileLimits, LIMITS);
}

/** Files of the message that is being written, above the field. */
export class TrayView {
  readonly element: HTMLElement;
  private readonly list = h('ul', { class: 'files' });
  private readonly refused = h('p', { role: 'alert' });
  private readonly refusal: HTMLElement;
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly texts: Texts,
    private readonly actions: TrayActions,
  ) {
    const hint = h('p', { class: 'limits' }, limitsText(texts));
    const away = h('button', { type: 'button', class: 'remove', 'aria-label': texts.dismiss });
    away.append(icon(REMOVE_ICON));
    away.addEventListener('click', () => actions.dismiss());
    this.refusal = h('div', { class: 'refused dismissable', hidden: true }, this.refused, away);
    this.element = h('div', { class: 'tray', hidden: true }, this.list, this.refusal, hint);
  }

  update(files: readonly FileUnderway[], refused: readonly RefusedFile[]): void {
    this.element.hidden = files.length === 0 && refused.length === 0;
    this.refusal.hidden = refused.length === 0;
    setText(this.refused, refused.map((file) => this.refusalText(file)).join('\n'));
    const keys = new Set(files.map((file) => file.key));
    for (const key of this.rows.keys()) if (!keys.has(key)) this.rows.delete(key);
    const rows = files.map((file) => {
      const row = this.rows.get(file.key) ?? this.row(file);
      this.rows.set(file.key, row);
      row.update(file);
      return row.element;
    });
    place(this.list, rows);
  }

  private refusalText({ name, why }: RefusedFile): string {
    return fill(this.texts[why], { name, ...LIMITS });
  }

  private row({ key, name, size }: FileUnderway): Row {
    const { texts, actions } = this;
    const label = { 'aria-label': fill(texts.fileSending, { name }), max: 1 };
    const progress = h('progress', label);
    const state = h('span', { class: 'quiet', role: 'status' });
    const retry = h('button', { type: 'button', class: 'retry' }, texts.retry);
    retry.addEventListener('click', () => actions.retry(key));
    const removeLabel = fill(texts.fileRemove, { name });
    const remove = h('button', { type: 'button', class: 'remove', 'aria-label': removeLabel });
    remove.append(icon(REMOVE_ICON));
    remove.addEventListener('click', () => actions.remove(key));
    const title = h('span', { class: 'file-name', title: name }, name);
    const element = h('li', {}, title, progress, state, retry, remove);
    return {
      element,
      update(file) {
        const failed = file.problem !== null;
        progress.hidden = failed || file.attachment !== null;
        progress.value = file.share;
        retry.hidden = !failed || !file.again;
        element.classList.toggle('failed', failed);
        setText(state, failed ? file.problem || texts.fileFailed : sizeOf(size));
      },
    };
  }
}
