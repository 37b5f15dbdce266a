import { describe, expect, test, vi } from 'vitest';
import type { VisitorConversation } from '../../shared/api';
import { textsFor } from '../src/i18n';
import type { JoinCodeResult, LeaveWordResult } from '../src/session/state';
import { arrange } from '../src/session/timeline';
import { attachmentView } from '../src/view/attachment-view';
import { JoinView } from '../src/view/join-view';
import { messageView } from '../src/view/message-view';
import { QueueView } from '../src/view/queue-view';
import { SurveyView } from '../src/view/survey-view';
import { conversation, message } from './fakes';

const texts = textsFor('zh');
const ticket = {
  ticket_number: 'T7',
  first_response_due_at: new Date(Date.now() + 30 * 60_000).toISOString(),
  status_url: 'https://a.example/t/T7',
};

function part<T extends Element>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

const submit = (root: ParentNode): boolean =>
  part(root, 'form').dispatchEvent(new Event('submit', { cancelable: true }));
const soon = (): Promise<void> => Promise.resolve();

describe('while waiting', () => {
  const queued = (change: Partial<VisitorConversation> = {}): VisitorConversation =>
    conversation({ state: 'queued', queue_position: 2, expected_wait_seconds: 300, ...change });
  const formOpen = (view: QueueView): boolean => !part<HTMLElement>(view.element, 'form').hidden;

  function waiting(result: LeaveWordResult = ticket) {
    const left: [string, string][] = [];
    const kept: string[] = [];
    const leaveWord = async (text: string, contact: string): Promise<LeaveWordResult> => {
      left.push([text, contact]);
      return result;
    };
    const view = new QueueView(texts, false, { leaveWord, keep: (text) => kept.push(text) });
    document.body.replaceChildren(view.element);
    return { view, left, kept };
  }

  test('the line is corrected as the queue moves', () => {
    const { view } = waiting();
    view.update(queued());
    const line = part(view.element, '.queue-line');
    expect(line.textContent).toBe('排队第 2 位 · 预计等待约 5 分钟');
    view.update(queued({ queue_position: 1, expected_wait_seconds: 40 }));
    expect(line.textContent).toBe('排队第 1 位 · 预计很快接入');
  });

  test('the form is offered first only when nobody is there, and put away for good', () => {
    const { view } = waiting();
    view.update(queued());
    expect(formOpen(view)).toBe(false);
    view.update(queued({ expected_wait_seconds: null }));
    expect(formOpen(view)).toBe(true);
    const [, keepWaiting] = view.element.querySelectorAll<HTMLButtonElement>('.queue-row .plain');
    expect(keepWaiting?.hidden).toBe(false);
    keepWaiting?.click();
    expect(keepWaiting?.hidden).toBe(true);
    view.update(queued({ queue_position: 1, expected_wait_seconds: null }));
    expect(formOpen(view)).toBe(false);
  });

  test('both fields may stay empty; the ticket, the promise and the link are shown', async () => {
    const { view, left } = waiting();
    view.update(queued({ expected_wait_seconds: null }));
    submit(view.element);
    await soon();
    expect(left).toEqual([['', '']]);
    const done = part<HTMLElement>(view.element, '.done');
    expect(done.textContent).toMatch(/工单 T7 已建立，我们会在 .*\d\d:\d\d 前首次回复您/);
    expect(part<HTMLAnchorElement>(done, 'a').href).toBe(ticket.status_url);
    view.update(conversation({ state: 'ticketed' }));
    expect(view.element.hidden || done.hidden).toBe(false);
    view.update(conversation());
    expect(view.element.hidden).toBe(true);
  });

  test('the ticket is shown too when the news of it comes before the answer', async () => {
    const { view } = waiting();
    view.update(queued({ expected_wait_seconds: null }));
    submit(view.element);
    view.update(conversation({ state: 'ticketed' }));
    await soon();
    expect(view.element.hidden).toBe(false);
    expect(part<HTMLElement>(view.element, '.done').hidden).toBe(false);
  });

  test('a failure is told and what was written stays', async () => {
    const { view } = waiting('failed');
    view.update(queued({ expected_wait_seconds: null }));
    part<HTMLTextAreaElement>(view.element, 'textarea').value = '三天没动了';
    submit(view.element);
    await soon();
    expect(part(view.element, '.refused').textContent).toBe(texts.wordFailed);
    expect(part<HTMLTextAreaElement>(view.element, 'textarea').value).toBe('三天没动了');
  });

  test('a contact that cannot be one is asked for again', async () => {
    const { view } = waiting('contact');
    view.update(queued({ expected_wait_seconds: null }));
    part<HTMLInputElement>(view.element, 'input').value = '明天找我';
    submit(view.element);
    await soon();
    expect(part(view.element, '.refused').textContent).toBe(texts.wordContactProblem);
    expect(part<HTMLInputElement>(view.element, 'input').value).toBe('明天找我');
  });

  test('words that were being written when somebody came are not lost', () => {
    const { view, kept } = waiting();
    view.update(queued({ expected_wait_seconds: null }));
    part<HTMLTextAreaElement>(view.element, 'textarea').value = '三天没动了';
    view.update(conversation({ state: 'active', agent_name: '小云' }));
    expect(kept).toEqual(['三天没动了']);
    expect(view.element.hidden).toBe(true);
  });
});

describe('the survey', () => {
  test('asks for stars first, then the rest, and sends what was answered', async () => {
    const rate = vi.fn(async () => 'stored' as const);
    const view = new SurveyView(texts, { rate, skip: () => undefined });
    document.body.replaceChildren(view.element);
    view.update(true, true);
    submit(view.element);
    expect(rate).not.toHaveBeenCalled();
    const choose = (selector: string): void => {
      const input = part<HTMLInputElement>(view.element, selector);
      input.checked = true;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    };
    const more = part<HTMLElement>(view.element, '.scale').closest<HTMLElement>('form > div');
    expect(more?.hidden).toBe(true);
    choose('[name=score][value="4"]');
    expect(more?.hidden).toBe(false);
    choose('[name=nps][value="0"]');
    submit(view.element);
    await soon();
    expect(rate).toHaveBeenCalledWith({ score: 4, nps: 0, comment: null });
    view.update(false, true);
    expect(view.element.textContent).toContain(texts.rateThanks);
    expect(view.element.hidden).toBe(false);
    view.update(false, false);
    expect(view.element.hidden).toBe(true);
  });
});

describe('a message', () => {
  const shown = (change: Parameters<typeof message>[1]) => {
    const [item] = arrange([message(1, change)], [], 0);
    if (!item) throw new Error('no item');
    const openFile = (): Promise<Blob> => Promise.resolve(new Blob());
    const actions = { pick: () => undefined, retry: () => undefined, openFile };
    const view = messageView(item, texts, actions);
    view.update(item, { withName: true, state: 'bot' });
    return { view, item };
  };
  const pdf = { id: 'f1', name: '发票.pdf', media_type: 'application/pdf', size: 2048 };

  test('offers what is for waiting only as long as one waits', () => {
    const buttons = ['留言，转为工单', '不等了', '查物流'].map((text) => ({ title: text, text }));
    const { view, item } = shown({ author: 'system', text: '前面还有 2 位', buttons });
    const offered = (): string[] =>
      [...view.element.querySelectorAll('button')]
        .filter((button) => !button.hidden)
        .map((button) => button.textContent);
    expect(offered()).toEqual(['查物流']);
    view.update(item, { withName: true, state: 'queued' });
    expect(offered()).toEqual(buttons.map(({ title }) => title));
  });

  test.each([
    ['bot', 'bot', true],
    ['bot', 'ticketed', true],
    ['bot', 'queued', false],
    ['bot', 'active', false],
    ['bot', 'wrap_up', false],
    ['bot', 'closed', false],
    ['system', 'queued', true],
    ['system', 'closed', false],
  ] as const)('of %s while %s: its buttons can be tapped: %s', (author, state, open) => {
    const buttons = [{ title: '帮我查一下物流', text: '帮我查一下物流' }];
    const { view, item } = shown({ author, text: '可以帮您查一下物流。', buttons });
    view.update(item, { withName: true, state });
    expect(part<HTMLButtonElement>(view.element, '.chip').disabled).toBe(!open);
  });

  test('that was taken back is a notice that says so', () => {
    const { view } = shown({ author: 'agent', recalled: true, text: 'x' });
    expect(view.element.textContent).toBe('对方撤回了一条消息');
    expect(view.element.querySelector('.bubble')).toBeNull();
  });

  test('shows what it answers to, until that is taken back', () => {
    const quote = { seq: 1, author: 'customer', author_name: null, text: '能退吗' } as const;
    const { view, item } = shown({ author: 'agent', text: '可以', quote });
    expect(part(view.element, 'blockquote').textContent).toBe('我：能退吗');
    view.update({ ...item, quote: { ...quote, text: '' } }, { withName: true, state: 'bot' });
    expect(part(view.element, 'blockquote').textContent).toBe('我：对方撤回了一条消息');
  });

  test('of files alone shows the files without words that stand for them', () => {
    const { view } = shown({ author: 'agent', text: '[文件]', attachments: [pdf] });
    expect(view.element.querySelector('.bubble')).toBeNull();
    expect(part(view.element, '.file').textContent).toBe('发票.pdf2 KB');
  });

  test('says so when a file of it cannot be opened', async () => {
    const view = attachmentView(pdf, texts, () => Promise.reject(new TypeError('network')));
    part<HTMLButtonElement>(view, '.file').click();
    await vi.waitFor(() => expect(view.textContent).toContain(texts.fileNotOpened));
    expect(part<HTMLButtonElement>(view, '.file').disabled).toBe(false);
  });
});

describe('going on in WeChat', () => {
  const joined = (accounts: string[]): VisitorConversation =>
    conversation({ wechat_accounts: accounts });
  const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

  function joining(...results: JoinCodeResult[]) {
    const view = new JoinView(texts, false, async () => results.shift() ?? 'failed');
    document.body.replaceChildren(view.element);
    view.update(joined(['云杉商城', '云杉客服']));
    const press = async (text: string): Promise<void> => {
      const buttons = [...view.element.querySelectorAll('button')];
      const wanted = buttons.find((button) => button.textContent === text && !button.hidden);
      if (!wanted) throw new Error(`no button ${text}`);
      wanted.click();
      await soon();
    };
    return { view, press };
  }

  test('is only offered where there is an account', () => {
    const { view } = joining();
    expect(view.element.hidden).toBe(false);
    view.update(joined([]));
    expect(view.element.hidden).toBe(true);
    view.update(null);
    expect(view.element.hidden).toBe(true);
  });

  test('shows the code with the accounts to write it to', async () => {
    const { view, press } = joining({ code: 'ABCD-EFGH', expires_at: at(10) });
    await press(texts.join);
    expect(part(view.element, 'output').textContent).toBe('ABCD-EFGH');
    expect(part(view.element, '.join-code p').textContent).toContain('“云杉商城”或“云杉客服”');
    expect(part(view.element, '.until').textContent).toMatch(/\d\d:\d\d 前有效/);
  });

  test('a code that was used is taken away, and that it was used is said', async () => {
    const { view, press } = joining({ code: 'ABCD-EFGH', expires_at: at(10) });
    await press(texts.join);
    view.update(conversation({ joined: true }));
    const visible = (selector: string): boolean =>
      part<HTMLElement>(view.element, selector).closest('[hidden]') === null;
    expect(visible('output')).toBe(false);
    expect(view.element.hidden).toBe(false);
    expect(part(view.element, '.joined').textContent).toBe(texts.joinDone);
    expect(document.activeElement).toBe(part(view.element, '.joined'));
    view.update(joined(['云杉商城']));
    expect(part(view.element, '.joined').textContent).toBe('');
    await press(texts.join);
  });

  test('a code that comes after the join is not shown', async () => {
    const { view, press } = joining({ code: 'ABCD-EFGH', expires_at: at(10) });
    const pressed = press(texts.join);
    view.update(conversation({ joined: true }));
    await pressed;
    expect(part<HTMLElement>(view.element, '.join-code').hidden).toBe(true);
  });

  test('a code that is over is said to be, and another one can be had', async () => {
    vi.useFakeTimers();
    try {
      const first = { code: 'ABCD-EFGH', expires_at: at(10) };
      const { view, press } = joining(first, { code: 'JKMN-PQRS', expires_at: at(30) });
      await press(texts.join);
      vi.advanceTimersByTime(10 * 60_000);
      expect(part(view.element, '.until').textContent).toBe(texts.joinOver);
      await press(texts.joinAgain);
      expect(part(view.element, 'output').textContent).toBe('JKMN-PQRS');
      expect(part(view.element, '.until').textContent).not.toBe(texts.joinOver);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['often', texts.joinOften],
    ['failed', texts.joinFailed],
  ] as const)('what went wrong is said: %s', async (result, text) => {
    const { view, press } = joining(result);
    await press(texts.join);
    expect(part(view.element, '.refused').textContent).toBe(text);
  });
});
