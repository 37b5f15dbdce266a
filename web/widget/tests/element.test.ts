import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../src/index';
import type { FenzhenWidget } from '../src/element';
import { FakeSocket, message, news } from './fakes';

/** An upload that is on its way for ever. */
class SilentRequest {
  readonly upload = {};
  open(): void {}
  setRequestHeader(): void {}
  send(): void {}
  abort(): void {}
}

let sockets: FakeSocket[];
let widget: FenzhenWidget;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  localStorage.clear();
  sessionStorage.clear();
  class Socket extends FakeSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  vi.stubGlobal('WebSocket', Object.assign(Socket, { OPEN: 1, CONNECTING: 0, CLOSED: 3 }));
  vi.stubGlobal('XMLHttpRequest', SilentRequest);
  vi.stubGlobal('fetch', async () =>
    Response.json({ token: 't', conversation_id: 'c1' }, { status: 201 }),
  );
  widget = document.createElement('fenzhen-widget') as FenzhenWidget;
});

afterEach(() => {
  widget.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const find = <T extends Element>(selector: string): T => {
  const found = widget.shadowRoot?.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
};

async function show(): Promise<FakeSocket> {
  document.body.append(widget);
  widget.ask('你好');
  await settle();
  const socket = sockets[0];
  if (!socket) throw new Error('no socket was opened');
  socket.isReady();
  return socket;
}

function press(target: Element, key: string, more: KeyboardEventInit = {}): void {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
}

test('text never becomes markup, and only web addresses become links', async () => {
  const socket = await show();
  const text = '<img src=x onerror=alert(1)> 见 https://a.example/x?y=1。javascript:alert(1)';
  socket.says({ type: 'message', message: message(1, { text }) });
  await settle();
  const bubble = find('.list .bot .bubble');
  expect(bubble.textContent).toBe(text);
  expect(bubble.querySelectorAll('img')).toHaveLength(0);
  const links = [...bubble.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  expect(links).toEqual(['https://a.example/x?y=1']);
});

test('Enter sends, but not with Shift and not while an input method composes', async () => {
  const socket = await show();
  const input = find<HTMLTextAreaElement>('.composer textarea');
  input.value = 'wuliu';
  press(input, 'Enter', { isComposing: true });
  press(input, 'Enter', { shiftKey: true });
  expect(input.value).toBe('wuliu');
  press(input, 'Enter');
  expect(input.value).toBe('');
  expect(socket.sentMessages.map((frame) => frame.text)).toEqual(['你好', 'wuliu']);
});

test('more than 2,000 characters cannot be sent and are counted; an emoji counts once', async () => {
  await show();
  const input = find<HTMLTextAreaElement>('.composer textarea');
  const type = (text: string): void => {
    input.value = text;
    input.dispatchEvent(new Event('input'));
  };
  type('😡'.repeat(2000));
  expect(find('.count').textContent).toContain('0');
  expect(find<HTMLButtonElement>('.send').disabled).toBe(false);
  type('😡'.repeat(2001));
  expect(find('.count').textContent).toContain('超出 1 字');
  expect(find<HTMLButtonElement>('.send').disabled).toBe(true);
});

test('Esc closes and gives the focus back to the launcher', async () => {
  await show();
  press(find('.composer textarea'), 'Escape');
  expect(find<HTMLElement>('.panel').hidden).toBe(true);
  expect(widget.shadowRoot?.activeElement).toBe(find('.launcher'));
});

test('a tapped button is sent as a message and the buttons stay readable', async () => {
  const socket = await show();
  const buttons = [{ title: '运费', text: '退货运费谁出' }];
  socket.says({ type: 'message', message: message(9, { kind: 'suggestions', buttons }) });
  await settle();
  socket.says({
    type: 'message',
    message: message(8, { author: 'customer', client_id: socket.sentMessages[0]?.client_id ?? '' }),
  });
  await settle();
  find<HTMLButtonElement>('.chip').click();
  await settle();
  expect(socket.sentMessages.at(-1)?.text).toBe('退货运费谁出');
  expect(find<HTMLButtonElement>('.chip').disabled).toBe(true);
  expect(find('.chip').textContent).toBe('运费');
});

test('a person can be asked for at any time, in the language of the widget', async () => {
  widget.setAttribute('lang', 'en');
  const socket = await show();
  expect(find('.human').textContent).toBe('Talk to a person');
  find<HTMLButtonElement>('.human').click();
  expect(socket.sentMessages.at(-1)?.text).toBe('Talk to a person');
});

test('place in the queue and wait are shown', async () => {
  const socket = await show();
  const queued = { state: 'queued', queue_position: 3, expected_wait_seconds: 130 } as const;
  const { conversation } = news([]);
  socket.says({ type: 'conversation', conversation: { ...conversation, ...queued } });
  await settle();
  expect(find('.queue-line').textContent).toBe('排队第 3 位 · 预计等待约 2 分钟');
});

test('out of hours the window says when people are back', async () => {
  const socket = await show();
  const { conversation } = news([]);
  const opens_at = new Date(new Date().setHours(9, 0, 0, 0)).toISOString();
  socket.says({
    type: 'conversation',
    conversation: { ...conversation, state: 'queued', opens_at },
  });
  await settle();
  expect(find('.subtitle').textContent).toBe('不在服务时间，客服 09:00 回来');
});

test('pictures that are pasted wait above the field, and nothing is sent before they are up', async () => {
  const socket = await show();
  const input = find<HTMLTextAreaElement>('.composer textarea');
  const pasted = new Event('paste', { cancelable: true });
  const files = [new File(['x'], '截图.png', { type: 'image/png' })];
  Object.assign(pasted, { clipboardData: { files, types: ['Files'] } });
  input.dispatchEvent(pasted);
  await settle();
  expect(pasted.defaultPrevented).toBe(true);
  expect(find('.tray .file-name').textContent).toBe('截图.png');
  expect(find('.tray .limits').textContent).toContain('不超过 10 MB');
  input.value = '看这个';
  press(input, 'Enter');
  expect(input.value).toBe('看这个');
  find<HTMLButtonElement>('.tray .remove').click();
  await settle();
  press(input, 'Enter');
  expect(socket.sentMessages.map((frame) => frame.text)).toEqual(['你好', '看这个']);
});

test('a cell copied from a spreadsheet is pasted as text, not as its picture', async () => {
  await show();
  const pasted = new Event('paste', { cancelable: true });
  const files = [new File(['x'], 'image.png', { type: 'image/png' })];
  Object.assign(pasted, { clipboardData: { files, types: ['text/plain', 'Files'] } });
  find('.composer textarea').dispatchEvent(pasted);
  expect(pasted.defaultPrevented).toBe(false);
  expect(find<HTMLElement>('.tray').hidden).toBe(true);
});

test('the desk’s button for leaving word opens the form; out of the queue it is gone', async () => {
  const socket = await show();
  const buttons = [{ title: '留言，转为工单', text: '留言，转为工单' }];
  const { conversation } = news([]);
  const queued = { ...conversation, state: 'queued', expected_wait_seconds: 900 } as const;
  socket.says({ type: 'conversation', conversation: queued });
  const own = { author: 'customer', client_id: socket.sentMessages[0]?.client_id ?? '' } as const;
  socket.says({ type: 'message', message: message(1, own) });
  socket.says({ type: 'message', message: message(2, { author: 'system', buttons }) });
  await settle();
  find<HTMLButtonElement>('.chip').click();
  expect(find<HTMLElement>('.word').hidden).toBe(false);
  expect(socket.sentMessages).toHaveLength(1);
  socket.says({ type: 'conversation', conversation });
  await settle();
  expect(find<HTMLButtonElement>('.chip').hidden).toBe(true);
});

test('the survey is asked when the conversation has ended, and goes when it is skipped', async () => {
  const socket = await show();
  expect(find<HTMLElement>('.survey').hidden).toBe(true);
  const { conversation } = news([]);
  socket.says({ type: 'conversation', conversation: { ...conversation, state: 'closed' } });
  await settle();
  expect(find<HTMLElement>('.survey').hidden).toBe(false);
  find<HTMLButtonElement>('.survey .plain').click();
  await settle();
  expect(find<HTMLElement>('.survey').hidden).toBe(true);
  expect(widget.shadowRoot?.activeElement).toBe(find('.composer textarea'));
});
