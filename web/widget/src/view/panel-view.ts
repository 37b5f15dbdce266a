import type { VisitorConversation } from '../../../shared/api';
import { fill, isLeaveWord, type Texts } from '../i18n';
import type { ChatSession } from '../session/chat-session';
import type { ChatState } from '../session/state';
import { ComposerView } from './composer-view';
import { h, icon, setText } from './dom';
import { JoinView } from './join-view';
import { LogView } from './log-view';
import { timeOf } from './message-view';
import { QueueView } from './queue-view';
import { SurveyView } from './survey-view';

const CLOSE_ICON = 'M6 6l12 12M18 6L6 18';

/** The open window: header with the way to a person, wait, log, survey and composer. */
export class PanelView {
  readonly element: HTMLElement;
  readonly log: LogView;
  private readonly composer: ComposerView;
  private readonly queue: QueueView;
  private readonly join: JoinView;
  private readonly survey: SurveyView;
  private readonly title = h('h2', { id: 'title' });
  private readonly subtitle = h('p', { class: 'subtitle' });
  private readonly human: HTMLButtonElement;
  private readonly offline: HTMLElement;
  private readonly barred: HTMLElement;

  constructor(
    private readonly texts: Texts,
    private readonly english: boolean,
    chat: ChatSession,
    close: () => void,
  ) {
    this.log = new LogView(texts, english, {
      pick: (text) => this.pick(text, chat),
      retry: (clientId) => chat.retry(clientId),
      openFile: (id) => chat.files.open(id),
    });
    this.composer = new ComposerView(texts, {
      send: (text) => chat.send(text, chat.files.take()),
      typing: () => chat.typing(),
      addFiles: (files) => chat.files.add(files),
      retryFile: (key) => chat.files.retry(key),
      removeFile: (key) => chat.files.remove(key),
      dismissFiles: () => chat.files.dismiss(),
    });
    this.queue = new QueueView(texts, english, {
      leaveWord: (text, contact) => chat.leaveWord(text, contact),
      keep: (text) => this.composer.insert(text),
    });
    this.join = new JoinView(texts, english, () => chat.joinCode());
    this.survey = new SurveyView(texts, {
      rate: (survey) => chat.rate(survey),
      skip: () => {
        chat.skipSurvey();
        this.composer.focus();
      },
    });
    this.human = h('button', { type: 'button', class: 'human' }, texts.human);
    this.human.addEventListener('click', () => {
      chat.send(texts.human);
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
      this.queue.element,
      this.join.element,
      this.log.element,
      this.survey.element,
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
    this.title.title = title; // a name of more than two lines is cut
  }

  update(state: ChatState): void {
    const { conversation } = state;
    const ended = conversation?.state === 'closed' || conversation?.state === 'wrap_up';
    setText(this.subtitle, this.stateText(conversation));
    const withPerson = conversation?.state === 'active';
    this.human.disabled = withPerson;
    setText(this.human, withPerson ? this.texts.humanActive : this.texts.human);
    this.offline.hidden = state.connection !== 'offline';
    setText(this.offline, this.offline.hidden ? '' : this.texts.offline);
    this.barred.hidden = !state.barred;
    this.queue.update(conversation);
    this.join.update(conversation);
    this.survey.update(state.surveyDue, ended);
    this.composer.update(state);
    this.log.update(state);
  }

  /** The desk's own button leaves word at once; here it can be said what about. */
  private pick(text: string, chat: ChatSession): void {
    if (!isLeaveWord(text) || !this.queue.openForm()) chat.send(text);
  }

  private stateText(conversation: VisitorConversation | null): string {
    switch (conversation?.state) {
      case 'queued':
        if (!conversation.opens_at) return this.texts.stateQueued;
        return fill(this.texts.stateAway, {
          time: timeOf(conversation.opens_at, new Date(), this.english),
        });
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
}
