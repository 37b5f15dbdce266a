import type { ConversationState } from '../../../shared/api';
import type { Texts } from '../i18n';
import type { ChatState } from '../session/state';
import type { TimelineItem } from '../session/timeline';
import { h, place, setText } from './dom';
import { messageView, timeOf, type MessageActions, type MessageView } from './message-view';

const GAP_MS = 5 * 60_000;
const NEAR_END_PX = 80;

/** The messages, the typing dots, and staying at the end unless the reader has scrolled up. */
export class LogView {
  readonly element: HTMLElement;
  private readonly list = h('div', { class: 'list' });
  private readonly greeting: HTMLElement;
  private readonly renewed: HTMLElement;
  private readonly dots: HTMLElement;
  private readonly dotsLabel = h('span', { class: 'hidden-visually' });
  private readonly views = new Map<string, MessageView>();
  private readonly times = new Map<string, HTMLElement>();
  private lastKey = '';
  /** The reader is at the end and wants to stay there. */
  private following = true;

  constructor(
    private readonly texts: Texts,
    private readonly english: boolean,
    private readonly actions: MessageActions,
  ) {
    this.greeting = h('div', { class: 'item bot' }, h('div', { class: 'bubble' }, texts.greeting));
    this.renewed = h(
      'div',
      { class: 'item centred', hidden: true },
      h('div', { class: 'notice' }, texts.renewed),
    );
    const dot = (): HTMLElement => h('i', { 'aria-hidden': 'true' });
    this.dots = h('div', { class: 'dots', hidden: true }, this.dotsLabel, dot(), dot(), dot());
    this.element = h(
      'div',
      { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': texts.log, tabindex: 0 },
      this.greeting,
      this.renewed,
      this.list,
      this.dots,
    );
  }

  /** Keep the end in view while the log gets smaller (banner, rating, tall composer). */
  follow(signal: AbortSignal): void {
    const onScroll = (): void => {
      this.following = this.isAtEnd();
    };
    this.element.addEventListener('scroll', onScroll, { signal });
    const observer = new ResizeObserver(() => {
      if (this.following) this.scrollToEnd();
    });
    observer.observe(this.element);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  update(state: ChatState): void {
    this.renewed.hidden = !state.renewed;
    this.updateItems(state.items, state.conversation?.state ?? null);
    this.dots.hidden = state.typing === null;
    setText(this.dotsLabel, this.typingText(state));
    const last = state.items.at(-1);
    const ownNew = last?.author === 'customer' && last.key !== this.lastKey;
    this.lastKey = last?.key ?? '';
    if (this.following || ownNew) this.scrollToEnd();
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  private isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  private typingText(state: ChatState): string {
    if (state.typing === null) return '';
    return state.typing === 'bot' ? this.texts.typingBot : this.texts.typingAgent;
  }

  private updateItems(items: readonly TimelineItem[], state: ConversationState | null): void {
    const wanted: HTMLElement[] = [];
    let before: TimelineItem | undefined;
    for (const item of items) {
      const pause = !before || Date.parse(item.createdAt) - Date.parse(before.createdAt) > GAP_MS;
      if (pause) wanted.push(this.timeFor(item));
      const view = this.viewFor(item);
      view.update(item, { withName: pause || before?.author !== item.author, state });
      wanted.push(view.element);
      before = item;
    }
    place(this.list, wanted);
    forgetOthers(this.views, new Set(items.map((item) => item.key)));
    forgetOthers(this.times, new Set(items.map((item) => item.key)));
  }

  private viewFor(item: TimelineItem): MessageView {
    let view = this.views.get(item.key);
    if (!view) {
      view = messageView(item, this.texts, this.actions);
      this.views.set(item.key, view);
    }
    return view;
  }

  private timeFor(item: TimelineItem): HTMLElement {
    let element = this.times.get(item.key);
    if (!element) {
      element = h('time', { datetime: item.createdAt });
      this.times.set(item.key, element);
    }
    setText(element, timeOf(item.createdAt, new Date(), this.english));
    return element;
  }
}

function forgetOthers<T>(kept: Map<string, T>, keys: ReadonlySet<string>): void {
  for (const key of kept.keys()) if (!keys.has(key)) kept.delete(key);
}
