import type { VisitorConversation } from '../../../shared/api';
import type { JoinCode } from '../../../shared/api/visitor';
import { fill, type Texts } from '../i18n';
import type { JoinCodeResult } from '../session/state';
import { h, setText } from './dom';
import { timeOf } from './message-view';

/** The way on in WeChat: a code that is written there, with what to do and how long it is good. */
export class JoinView {
  readonly element: HTMLElement;
  private readonly offer: HTMLButtonElement;
  private readonly shown: HTMLElement;
  private readonly how = h('p');
  private readonly code = h('output', { class: 'code', tabindex: -1 });
  private readonly until = h('p', { class: 'until', role: 'status' });
  private readonly joined = h('p', { class: 'joined', role: 'status', tabindex: -1 });
  private readonly problem = h('p', { class: 'refused', role: 'alert' });
  private readonly copy: HTMLButtonElement;
  private readonly again: HTMLButtonElement;
  private over: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly texts: Texts,
    private readonly english: boolean,
    private readonly joinCode: () => Promise<JoinCodeResult>,
  ) {
    this.offer = this.button(texts.join, 'plain', () => void this.ask());
    this.offer.setAttribute('aria-expanded', 'false');
    this.copy = this.button(texts.joinCopy, 'primary', () => void this.copyCode());
    this.again = this.button(texts.joinAgain, 'primary', () => void this.ask());
    this.again.hidden = true;
    const hide = this.button(texts.joinHide, 'plain', () => {
      this.show(false);
      this.offer.focus();
    });
    this.shown = h(
      'div',
      { class: 'join-code', hidden: true },
      this.how,
      this.code,
      this.until,
      h('div', { class: 'word-buttons' }, this.copy, this.again, hide),
    );
    const label = { class: 'banner join', 'aria-label': texts.join, hidden: true };
    this.element = h('section', label, this.offer, this.shown, this.joined, this.problem);
  }

  /** Once a code was used, that is said instead; where there is no account nothing is offered. */
  update(conversation: VisitorConversation | null): void {
    const accounts = conversation?.wechat_accounts ?? [];
    const joined = conversation?.joined ?? false;
    this.element.hidden = accounts.length === 0 && !joined;
    const focused = this.shown.contains((this.element.getRootNode() as ShadowRoot).activeElement);
    if (this.element.hidden || joined) this.show(false);
    this.offer.hidden = joined || !this.shown.hidden;
    setText(this.joined, joined ? this.texts.joinDone : '');
    if (joined && focused) this.joined.focus();
    const names = accounts.map((name) => fill(this.texts.joinAccount, { name }));
    setText(this.how, fill(this.texts.joinHow, { accounts: names.join(this.texts.joinOr) }));
  }

  private async ask(): Promise<void> {
    if (this.offer.disabled) return;
    this.offer.disabled = this.again.disabled = true;
    setText(this.problem, '');
    const result = await this.joinCode();
    this.offer.disabled = this.again.disabled = false;
    if (result === 'often') setText(this.problem, this.texts.joinOften);
    else if (result === 'failed') setText(this.problem, this.texts.joinFailed);
    else if (!this.element.hidden && !this.joined.textContent) this.tell(result);
  }

  private tell({ code, expires_at }: JoinCode): void {
    const now = new Date();
    setText(this.code, code);
    setText(this.copy, this.texts.joinCopy);
    this.expire(false);
    setText(
      this.until,
      fill(this.texts.joinUntil, { time: timeOf(expires_at, now, this.english) }),
    );
    this.show(true);
    this.over = setTimeout(() => this.expire(true), Date.parse(expires_at) - now.getTime());
    this.code.focus();
  }

  private expire(over: boolean): void {
    if (over) setText(this.until, this.texts.joinOver);
    this.code.classList.toggle('over', over);
    this.copy.hidden = over;
    this.again.hidden = !over;
  }

  private show(open: boolean): void {
    clearTimeout(this.over);
    this.shown.hidden = !open;
    this.offer.hidden = open;
    setText(this.problem, '');
  }

  private async copyCode(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.code.textContent ?? '');
      setText(this.copy, this.texts.joinCopied);
    } catch {
      // the browser does not let the page: the code can be selected
      getSelection()?.selectAllChildren(this.code);
    }
  }

  private button(text: string, look: string, pressed: () => void): HTMLButtonElement {
    const button = h('button', { type: 'button', class: look }, text);
    button.addEventListener('click', pressed);
    return button;
  }
}
