import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refused } from '../src/session/http';
import { conversation, desk, message, news, type Desk } from './fakes';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const texts = ({ chat }: Desk): string[] => chat.state.items.map((item) => item.text);

/** A visitor who is back: has a token, and the desk is connected. */
async function connected(): Promise<Desk> {
  const it = desk({ kept: { token: 'old', seen: 0 } });
  it.chat.resume();
  await settle();
  it.socket().isReady();
  return it;
}

describe('beginning', () => {
  test('a first visitor costs the desk nothing before the first message', async () => {
    const it = desk();
    it.chat.resume();
    await settle();
    expect(it.api.sessions).toBe(0);
    expect(it.sockets).toHaveLength(0);
  });

  test('the first message opens a session and follows once the desk is ready', async () => {
    const it = desk();
    it.chat.send('  物流到哪了 ');
    await settle();
    expect(it.kept.read()?.token).toBe('token-1');
    it.socket().opens();
    expect(it.socket().sent).toEqual([{ type: 'auth', token: 'token-1', after: 0 }]);
    it.socket().says({ type: 'ready', ...news([]) });
    expect(it.socket().sentMessages).toEqual([
      { type: 'message', text: '物流到哪了', client_id: 'id-1' },
    ]);
  });

  test('a returning visitor sees the history', async () => {
    const it = desk({ kept: { token: 'old', seen: 1 } });
    it.chat.resume();
    await settle();
    it.socket().isReady(news([message(1), message(2)]));
    expect(texts(it)).toEqual(['text 1', 'text 2']);
    expect(it.chat.state.unread).toBe(1);
  });
});

describe('delivery', () => {
  test('goes from sending over delivered to read', async () => {
    const it = await connected();
    it.chat.send('你好');
    const delivery = (): unknown => it.chat.state.items.at(-1)?.delivery;
    expect(delivery()).toBe('sending');
    const accepted = { id: 'm1', seq: 1, client_id: 'id-1', duplicate: false };
    it.socket().says({ type: 'accepted', ...accepted });
    expect(delivery()).toBe('sent');
    const own = message(1, { author: 'customer', client_id: 'id-1', text: '你好' });
    it.socket().says({ type: 'message', message: own });
    expect(texts(it)).toEqual(['你好']);
    it.socket().says({ type: 'conversation', conversation: conversation({ agent_read_seq: 1 }) });
    expect(delivery()).toBe('read');
  });

  test('a message that nobody accepts fails and can be sent again as the same message', async () => {
    const it = await connected();
    it.chat.send('你好');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(it.chat.state.items.at(-1)?.delivery).toBe('failed');
    it.chat.retry('id-1');
    expect(it.chat.state.items.at(-1)?.delivery).toBe('sending');
    expect(it.socket().sentMessages.map((frame) => frame.client_id)).toEqual(['id-1', 'id-1']);
  });

  test('a refused message says why and is not sent again by itself', async () => {
    const it = await connected();
    it.chat.send('\u200b');
    const error = { code: 'empty_text', message: '消息不能为空' };
    it.socket().says({ type: 'error', error, client_id: 'id-1' });
    expect(it.chat.state.items[0]).toMatchObject({ delivery: 'failed', problem: '消息不能为空' });
    it.socket().drops();
    await vi.advanceTimersByTimeAsync(1_000);
    it.socket().isReady();
    expect(it.socket().sentMessages).toEqual([]);
  });

  test('messages the desk has not accepted outlive a reload of the page', async () => {
    const before = await connected();
    before.chat.send('说到一半');
    const after = desk({
      kept: { token: 'old', seen: 0 },
      outbox: before.outbox.read() ?? [],
    });
    after.chat.resume();
    await settle();
    after.socket().isReady();
    expect(after.socket().sentMessages).toMatchObject([{ text: '说到一半', client_id: 'id-1' }]);
  });
});

describe('reconnecting', () => {
  test('asks for what comes after the newest message and sends again what was not accepted', async () => {
    const it = await connected();
    it.socket().says({ type: 'message', message: message(4) });
    it.chat.send('还在吗');
    it.socket().drops();
    expect(it.chat.state.connection).toBe('offline');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(it.sockets).toHaveLength(2);
    it.socket().isReady(news([message(5)]));
    expect(it.socket().sent[0]).toEqual({ type: 'auth', token: 'old', after: 4 });
    expect(it.socket().sentMessages).toMatchObject([{ text: '还在吗', client_id: 'id-1' }]);
    expect(it.chat.state.connection).toBe('online');
    expect(texts(it)).toEqual(['text 4', 'text 5', '还在吗']);
  });

  test('an accepted message does not move the place to ask from', async () => {
    const it = await connected();
    it.chat.send('一');
    it.socket().says({ type: 'accepted', id: 'm9', seq: 9, client_id: 'id-1', duplicate: false });
    it.socket().drops();
    await vi.advanceTimersByTimeAsync(1_000);
    it.socket().opens();
    expect(it.socket().sent[0]).toMatchObject({ after: 0 });
  });

  test('pauses grow, and a hint that the network is back ends them', async () => {
    const it = desk({ kept: { token: 'old', seen: 0 } });
    it.api.reachable = false;
    it.chat.resume();
    const tries = (): number => it.sockets.length + it.api.polls;
    for (let second = 0; second < 300; second += 1) {
      it.sockets.at(-1)?.drops();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const before = tries();
    expect(before).toBeGreaterThan(5);
    expect(before).toBeLessThan(25);
    it.chat.hurry();
    await settle();
    expect(tries()).toBe(before + 1);
  });

  test('a connection that has died silently is noticed', async () => {
    const it = await connected();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(it.socket().sent.at(-1)).toEqual({ type: 'ping' });
    it.socket().says({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(it.chat.state.connection).toBe('online');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(it.chat.state.connection).toBe('offline');
  });
});

describe('what arrives', () => {
  test('is shown once and in order, however it comes', async () => {
    const it = await connected();
    it.socket().says({ type: 'message', message: message(3) });
    it.socket().says({ type: 'message', message: message(2) });
    it.socket().says({ type: 'ready', ...news([message(2), message(3), message(4)]) });
    expect(texts(it)).toEqual(['text 2', 'text 3', 'text 4']);
  });

  test('unreadable and unknown frames are passed over', async () => {
    const it = await connected();
    it.socket().onmessage?.({ data: '{' });
    it.socket().onmessage?.({ data: 'null' });
    it.socket().onmessage?.({ data: '{"type":"news of tomorrow"}' });
    expect(it.chat.state.connection).toBe('online');
  });

  test('typing ends with the message, and by itself', async () => {
    const it = await connected();
    it.socket().says({ type: 'typing', author: 'agent' });
    expect(it.chat.state.typing).toBe('agent');
    it.socket().says({ type: 'message', message: message(1, { author: 'agent' }) });
    expect(it.chat.state.typing).toBeNull();
    it.socket().says({ type: 'typing', author: 'bot' });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(it.chat.state.typing).toBeNull();
  });

  test('a turn the bot has not finished shows it typing', async () => {
    const it = await connected();
    it.socket().says({ type: 'ready', ...news([], { pending: ['m1'] }) });
    expect(it.chat.state.typing).toBe('bot');
    it.socket().says({ type: 'handled', message_id: 'm1', outcome: 'faq' });
    expect(it.chat.state.typing).toBeNull();
  });

  test('buttons can be tapped until the visitor has spoken', async () => {
    const it = await connected();
    const buttons = [
      { title: '退款', text: '退款多久到账' },
      { title: '运费', text: '退货运费谁出' },
    ];
    it.socket().says({ type: 'message', message: message(1, { buttons }) });
    expect(it.chat.state.items[0]).toMatchObject({ buttonsOpen: true, picked: null });
    it.chat.send('退货运费谁出');
    expect(it.chat.state.items[0]).toMatchObject({ buttonsOpen: false, picked: '退货运费谁出' });
    const own = { author: 'customer', client_id: 'id-1', text: '退货运费谁出' } as const;
    it.socket().says({ type: 'message', message: message(2, own) });
    expect(it.chat.state.items[0]).toMatchObject({ buttonsOpen: false, picked: '退货运费谁出' });
  });

  test('what the visitor has seen is told once and is no longer new', async () => {
    const it = await connected();
    it.socket().says({ type: 'message', message: message(7) });
    expect(it.chat.state.unread).toBe(1);
    it.chat.seen();
    it.chat.seen();
    expect(it.chat.state.unread).toBe(0);
    expect(it.socket().sent.filter((frame) => frame.type === 'read')).toEqual([
      { type: 'read', seq: 7 },
    ]);
  });
});

describe('a refused token', () => {
  test('leads to one fresh session, which gets what was not accepted', async () => {
    const it = await connected();
    it.socket().says({ type: 'message', message: message(1) });
    it.chat.send('没发出去');
    it.socket().drops(4401);
    await settle();
    expect(it.kept.read()?.token).toBe('token-1');
    expect(it.chat.state.renewed).toBe(true);
    it.socket().isReady(news([], { conversation: conversation({ id: 'c2' }) }));
    expect(it.socket().sent[0]).toEqual({ type: 'auth', token: 'token-1', after: 0 });
    expect(it.socket().sentMessages).toMatchObject([{ text: '没发出去' }]);
    expect(texts(it)).toEqual(['没发出去']);
  });

  test('is not asked about for ever', async () => {
    const it = await connected();
    it.socket().drops(4401);
    await settle();
    it.socket().drops(4401);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(it.api.sessions).toBe(1);
    expect(it.sockets).toHaveLength(2);
    expect(it.chat.state.barred).toBe(true);
    it.chat.restart();
    await settle();
    expect(it.api.sessions).toBe(2);
  });
});

describe('without WebSocket', () => {
  async function polling(): Promise<Desk> {
    const it = desk({ kept: { token: 'old', seen: 0 }, noSockets: true });
    it.chat.resume();
    await vi.advanceTimersByTimeAsync(5_000);
    return it;
  }

  test('long polling takes over', async () => {
    const it = await polling();
    expect(it.chat.state.connection).toBe('online');
    it.api.answersPoll(news([message(1)]));
    await settle();
    expect(texts(it)).toEqual(['text 1']);
    expect(it.api.asked.at(-1)).toEqual({ after: 1, wait: 25 });
  });

  test('messages are posted one after another and accepted', async () => {
    const it = await polling();
    it.chat.send('一');
    it.chat.send('二');
    await settle();
    expect(it.api.posted).toEqual([
      { text: '一', clientId: 'id-1', files: [] },
      { text: '二', clientId: 'id-2', files: [] },
    ]);
    expect(it.chat.state.items.map((item) => item.delivery)).toEqual(['sent', 'sent']);
  });

  test('a refusal is about the message, not about the connection', async () => {
    const it = await polling();
    it.api.refuse = new Refused(422, { code: 'text_too_long', message: '消息太长了' });
    it.chat.send('很长');
    await settle();
    expect(it.chat.state.items[0]).toMatchObject({ delivery: 'failed', problem: '消息太长了' });
    expect(it.chat.state.connection).toBe('online');
  });

  test('the desk is told what was seen, each step once', async () => {
    const it = await polling();
    it.api.answersPoll(news([message(1), message(2)]));
    await settle();
    it.chat.seen();
    it.chat.seen();
    expect(it.api.seen).toEqual([2]);
  });

  test('WebSocket is tried again now and then without a word to the visitor', async () => {
    const it = await polling();
    const seen = new Set<string>();
    it.chat.subscribe(() => seen.add(it.chat.state.connection));
    await vi.advanceTimersByTimeAsync(61_000);
    expect([...seen].filter((status) => status !== 'online')).toEqual([]);
    expect(it.api.asked.filter((asked) => asked.wait === 0)).toHaveLength(2);
  });
});

describe('the survey', () => {
  const survey = { score: 5, nps: 9, comment: '很好' };
  const ended = async (): Promise<Desk> => {
    const it = await connected();
    it.socket().says({ type: 'conversation', conversation: conversation({ state: 'closed' }) });
    return it;
  };

  test('is due after the end until it is answered; a second answer is told so', async () => {
    const it = await ended();
    expect(it.chat.state.surveyDue).toBe(true);
    expect(await it.chat.rate(survey)).toBe('stored');
    expect(it.api.rated).toEqual(survey);
    expect(it.chat.state.surveyDue).toBe(false);
    it.api.refuse = new Refused(409, { code: 'already_rated', message: '' });
    expect(await it.chat.rate(survey)).toBe('already');
  });

  test('can be tried again when it could not be sent', async () => {
    const it = await ended();
    it.api.reachable = false;
    expect(await it.chat.rate(survey)).toBe('failed');
    expect(it.chat.state.surveyDue).toBe(true);
  });

  test('that was skipped is not asked again, not even after a reload', async () => {
    const it = await ended();
    it.chat.skipSurvey();
    expect(it.chat.state.surveyDue).toBe(false);
    const after = desk({ kept: it.kept.read() ?? undefined });
    after.chat.resume();
    await settle();
    after.socket().isReady(news([], { conversation: conversation({ state: 'closed' }) }));
    expect(after.chat.state.surveyDue).toBe(false);
  });
});

describe('leaving word', () => {
  test('gives the ticket', async () => {
    const it = await connected();
    expect(await it.chat.leaveWord('急', '13800000000')).toMatchObject({ ticket_number: 'T1' });
    expect(it.api.left).toEqual({ text: '急', contact: '13800000000' });
  });

  test('tells a wait that is over from a network that failed', async () => {
    const it = await connected();
    it.api.refuse = new Refused(409, { code: 'not_waiting', message: '' });
    expect(await it.chat.leaveWord('', '')).toBe('gone');
    it.api.reachable = false;
    expect(await it.chat.leaveWord('', '')).toBe('failed');
  });
});

describe('what staff takes back', () => {
  const quote = { seq: 1, author: 'agent', author_name: '小云', text: '密码是 1234' } as const;

  test('disappears with its words, its files and wherever it was quoted', async () => {
    const it = await connected();
    const said = message(1, { author: 'agent', text: quote.text });
    it.socket().says({ type: 'message', message: said });
    it.socket().says({ type: 'message', message: message(2, { quote }) });
    it.socket().says({ type: 'message', message: { ...said, text: '撤回', recalled: true } });
    expect(it.chat.state.items).toMatchObject([
      { key: 'r:1', recalled: true, text: '', attachments: [] },
      { key: 's:2', recalled: false, quote: { seq: 1, text: '' } },
    ]);
  });

  test('is learned of after a time without connection', async () => {
    const it = await connected();
    it.socket().says({ type: 'message', message: message(1) });
    it.socket().says({ type: 'ready', ...news([], { recalled: [1] }) });
    expect(it.chat.state.items).toMatchObject([{ recalled: true, text: '' }]);
  });
});
