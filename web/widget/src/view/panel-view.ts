import type { VisitorConversation } from '../../../shared/api';
import { fill, type Texts } from '../i18n';
import type { ChatSession, ChatState } from '../session/chat-session';
import { ComposerView } from './composer-view';
import { h, icon, setText } from './dom';
import { LogView } from './log-view';
import { RatingView } from './rating-view';

const CLOSE_ICON = 'M6 6l12 12M18 6L6 18';
const SECONDS_A_MINUTE = 60;

/** The open window: header with the way to a person, log, rating and composer. */
export class PanelView {
  readonly element: HTMLElement;
  readonly log: LogView;
  private readonly composer: ComposerView;
  private readonly rating: RatingView;
  private readonly title = h('h2', { id: 'title' });
  private readonly subtitle = h('p', { class: 'subtitle' });
  private readonly human: HTMLButtonElement;
  private readonly offline: HTMLElement;
  private readonly queue = h('div', { class: 'banner queue', role: 'status', hidden: true });
  private readonly barred: HTMLElement;
  private ratingPutAway = false;

  constructor(
    private readonly texts: Texts,
    english: boolean,
    chat: ChatSession,
    close: () => void,
  ) {
    this.log = new LogView(texts, english, {
      pick: (text) => chat.send(text),
      retry: (clientId) => chat.retry(clientId),
    });
    this.composer = new ComposerView(texts, {
      send: (text) => chat.send(text),
      typing: () => chat.typing(),
    });
    this.rating = new RatingView(texts, {
      rate: (score, comment) => chat.rate(score, comment),
      newQuestion: () => {
        this.ratingPutAway = true;
        this.rating.element.hidden = true;
        this.composer.focus();
      },
    });
    this.human = h('button', { type: 'button', class: 'human' }, texts.human);
    this.human.addEventListener('click', () => {
      chat.send(texts.humanText);
      this.composer.focus();
    });
    const closeButton = h('button', { type: 'button', class: 'close', 'aria-label': texts.close });
    closeButton.append(icon(CLOSE_ICON));
    closeButton.addEventListener('click', close);
    this.offline = h('div', { class: 'banner offline', role: 'status', hidden: true });
    const again = h('button', { type: 'button', class: 'plain' }, texts.tryAgain);
    again.addEventListener('click', () => chat.restart());
    this.barred = h(
      'div',
      { class: 'banner offline', role: 'alert', hidden: true },
      texts.barred,
      again,
    );
    this.element = h(
      'section',
      {
        class: 'panel',
        role: 'dialog',
        'aria-labelledby': 'title',
        tabindex: -1,
        hidden: true,
      },
      h(
        'div',
        { class: 'header' },
        h('div', { class: 'heading' }, this.title, this.subtitle),
        this.human,
        closeButton,
      ),
      this.offline,
      this.barred,
      this.queue,
      this.log.element,
      this.rating.element,
      this.composer.element,
    );
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(open: boolean): void {
    this.element.hidden = !open;
    if (!open) return;
    this.composer.shown();
    this.log.scrollToEnd();
    // on a touch screen, focus in the field would cover half the window with a keyboard
    if (matchMedia('(pointer: coarse)').matches) this.element.focus();
    else this.composer.focus();
  }

  setTitle(title: string): void {
    setText(this.title, title);
  }

  update(state: ChatState): void {
    const { conversation } = state;
    const ended = conversation?.state === 'closed' || conversation?.state === 'wrap_up';
    if (!ended) this.ratingPutAway = false;
    setText(this.subtitle, this.stateText(conversation));
    const withPerson = conversation?.state === 'active';
    this.human.disabled = withPerson;
    setText(this.human, withPerson ? this.texts.humanActive : this.texts.human);
    this.offline.hidden = state.connection !== 'offline';
    setText(this.offline, this.offline.hidden ? '' : this.texts.offline);
    this.barred.hidden = !state.barred;
    this.queue.hidden = conversation?.state !== 'queued';
    setText(this.queue, this.queueText(conversation));
    this.rating.update(ended && !this.ratingPutAway, conversation?.rating ?? null);
    this.log.update(state);
  }

  private stateText(conversation: VisitorConversation | null): string {
    switch (conversation?.state) {
      case 'queued':
        return this.texts.stateQueued;
      case 'active':
        return fill(this.texts.stateActive, { name: conversation.agent_name ?? '' });
      case 'ticketed':
        return this.texts.stateTicketed;
      case 'wrap_up':
      case 'closed':
        return this.texts.stateEnded;
      default:
        return this.texts.stateBot;
    }
  }

  private queueText(conversation: VisitorConversation | null): string {
    if (conversation?.state !== 'queued') return '';
    const place = conversation.queue_position;
    const parts = [place ? fill(this.texts.queuePlace, { place }) : this.texts.stateQueued];
    parts.push(waitText(conversation.expected_wait_seconds, this.texts));
    return parts.join(' · ');
  }
}

function waitText(seconds: number | null, texts: Texts): string {
  if (seconds === null) return texts.waitUnknown;
  if (seconds < SECONDS_A_MINUTE) return texts.waitSoon;
  return fill(texts.waitMinutes, { count: Math.ceil(seconds / SECONDS_A_MINUTE) });
}
