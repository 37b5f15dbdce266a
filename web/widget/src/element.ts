import { fill, isEnglish, textsFor, type Texts } from './i18n';
import { createChat } from './create-chat';
import type { ChatSession } from './session/chat-session';
import { styles } from './styles';
import { h, icon, setText } from './view/dom';
import { PanelView } from './view/panel-view';

const CHAT_ICON = 'M4 5h16v11H9.5L5.5 19.5V16H4z';

/**
 * `<fenzhen-widget api-base="https://desk.example" lang="en" title="Help">`
 *
 * `api-base` is where the desk is (default: where this script came from), `lang` `zh` or `en`,
 * `title` the heading. `open()`, `close()` and `ask(text)` are for the page around it.
 */
export class FenzhenWidget extends HTMLElement {
  static readonly observedAttributes = ['title'];

  private chat: ChatSession | null = null;
  private panel: PanelView | null = null;
  private texts: Texts = textsFor(null);
  private readonly launcher = h('button', { type: 'button', class: 'launcher' });
  private readonly badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  private leave: AbortController | null = null;
  private drawing = false;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    this.launcher.append(icon(CHAT_ICON), this.badge);
  }

  connectedCallback(): void {
    const lang = this.getAttribute('lang');
    this.texts = textsFor(lang);
    this.removeAttribute('open');
    this.chat = createChat(this.getAttribute('api-base'), isEnglish(lang) ? 'en' : 'zh');
    this.panel = new PanelView(this.texts, isEnglish(lang), this.chat, () => this.close());
    this.chat.subscribe(() => this.drawSoon());
    // an empty title keeps the host's from popping up over every message
    const root = h('div', { class: 'root', title: '' }, this.launcher, this.panel.element);
    this.shadowRoot?.replaceChildren(root);
    this.listen(root, this.chat, this.panel);
    this.draw();
    this.chat.resume();
  }

  disconnectedCallback(): void {
    this.leave?.abort();
    this.chat?.stop();
  }

  attributeChangedCallback(): void {
    this.panel?.setTitle(this.heading());
  }

  open(): void {
    if (this.panel?.isOpen) return;
    this.toggle(true);
  }

  close(): void {
    if (!this.panel?.isOpen) return;
    this.toggle(false);
    this.launcher.focus();
  }

  /** Open and send `text` as the visitor. */
  ask(text: string): void {
    this.open();
    this.chat?.send(text);
  }

  private toggle(open: boolean): void {
    this.panel?.show(open);
    this.toggleAttribute('open', open);
    this.draw();
  }

  private listen(root: HTMLElement, chat: ChatSession, panel: PanelView): void {
    this.leave = new AbortController();
    const { signal } = this.leave;
    panel.log.follow(signal);
    this.launcher.addEventListener('click', () => this.open(), { signal });
    root.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape' && !event.isComposing) this.close();
      },
      { signal },
    );
    const back = (): void => {
      if (document.visibilityState !== 'visible') return;
      chat.hurry();
      this.drawSoon();
    };
    window.addEventListener('online', back, { signal });
    window.addEventListener('offline', back, { signal });
    document.addEventListener('visibilitychange', back, { signal });
  }

  /** Many changes in a row are drawn once. */
  private drawSoon(): void {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      if (this.isConnected) this.draw();
    });
  }

  private draw(): void {
    if (!this.chat || !this.panel) return;
    if (this.panel.isOpen && document.visibilityState === 'visible') this.chat.seen();
    const state = this.chat.state;
    this.panel.setTitle(this.heading());
    this.panel.update(state);
    this.launcher.setAttribute('aria-expanded', String(this.panel.isOpen));
    const label = state.unread > 0 ? this.texts.openUnread : this.texts.open;
    this.launcher.setAttribute('aria-label', fill(label, { count: state.unread }));
    this.badge.hidden = state.unread === 0;
    setText(this.badge, state.unread > 99 ? '99+' : String(state.unread));
  }

  private heading(): string {
    return this.getAttribute('title') || this.texts.title;
  }
}
