import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError, Unreachable } from '../src/api/http';
import { useColleagues } from '../src/stores/colleagues';
import { useDrafts } from '../src/stores/drafts';
import { refusalOf, useFiles } from '../src/stores/files';
import { useOpened } from '../src/stores/opened';
import { mentionedIn, useReplies } from '../src/stores/replies';
import { useSession } from '../src/stores/session';
import { useTicketDrafts } from '../src/stores/ticket-drafts';
import { agent, FakeDesk, ME, message, summary, withStores } from './fakes';

const OTHER = { ...ME, id: 'other', username: 'zhou', display_name: '周敏' };

let desk: FakeDesk;
beforeEach(() => {
  sessionStorage.clear();
  desk = withStores();
});

async function opened(change = {}): Promise<ReturnType<typeof useReplies>> {
  desk.put(summary({ state: 'active', owner: ME, ...change }));
  await useOpened().open('c1');
  return useReplies();
}

describe('replies', () => {
  test('a reply is shown at once and replaced by the stored message', async () => {
    const replies = await opened();
    const drafts = useDrafts();
    drafts.text = ' 您好 ';
    const sent = replies.send();
    expect(replies.underway.map((reply) => reply.text)).toEqual(['您好']);
    expect(drafts.text).toBe('');
    await sent;
    expect(replies.underway).toEqual([]);
    expect(useOpened().messages.map((each) => each.text)).toEqual(['您好']);
  });

  test('a failed reply is kept and sent again as the same message', async () => {
    const replies = await opened();
    desk.failing = new Error('您不是这个会话的当前客服');
    useDrafts().text = '您好';
    await replies.send();
    const [failed] = replies.underway;
    expect(failed).toMatchObject({ failed: true, problem: '您不是这个会话的当前客服' });
    desk.failing = null;
    await replies.retry(failed?.clientId ?? '');
    expect(desk.replies).toHaveLength(1);
    expect(desk.replies[0]?.client_id).toBe(failed?.clientId);
    expect(replies.all).toEqual([]);
  });

  test('a reply tells what its writer had seen', async () => {
    desk.messagesById.set('c1', [message(1), message(4)]);
    const replies = await opened();
    useDrafts().text = '好的';
    await replies.send();
    expect(desk.replies[0]).toMatchObject({ after_seq: 4, force: false, quote_of: null });
  });

  test('a quote goes with one reply only', async () => {
    desk.messagesById.set('c1', [message(1)]);
    const replies = await opened();
    const drafts = useDrafts();
    drafts.quoteMessage(message(1));
    drafts.text = '这一单已经退款';
    await replies.send();
    drafts.text = '请查收';
    await replies.send();
    expect(desk.replies.map((reply) => reply.quote_of)).toEqual(['m1', null]);
  });

  test('typing is told now and then, not with every key', async () => {
    const replies = await opened();
    await replies.typing(10_000);
    await replies.typing(11_000);
    await replies.typing(13_001);
    expect(desk.asked.filter((each) => each.startsWith('typing'))).toHaveLength(2);
  });
});

describe('replies that did not arrive', () => {
  async function lost(): Promise<ReturnType<typeof useReplies>> {
    const replies = await opened();
    desk.failing = new Unreachable();
    useDrafts().text = '马上为您处理';
    await replies.send();
    desk.failing = null;
    return replies;
  }

  test('go again as the same message once the desk is there', async () => {
    const replies = await lost();
    const [reply] = replies.underway;
    expect(reply).toMatchObject({ failed: true, lost: true });
    await replies.resend();
    expect(desk.replies).toEqual([expect.objectContaining({ client_id: reply?.clientId })]);
    expect(replies.all).toEqual([]);
  });

  test('go again at once when the desk came back before they were given up', async () => {
    const replies = await opened();
    let giveUp = (): void => undefined;
    const deliver = desk.reply.bind(desk);
    const answers = [new Promise<never>((_, no) => (giveUp = () => no(new Unreachable())))];
    desk.reply = (...call) => answers.shift() ?? deliver(...call);
    useDrafts().text = '马上为您处理';
    const sent = replies.send();
    await replies.resend();
    expect(desk.replies).toEqual([]);
    giveUp();
    await sent;
    expect(desk.replies).toHaveLength(1);
    expect(replies.all).toEqual([]);
  });

  test('outlast the page', async () => {
    const before = (await lost()).all;
    desk = withStores();
    const replies = await opened();
    expect(replies.underway).toEqual(before);
    await replies.resend();
    expect(desk.replies).toHaveLength(1);
  });

  test('go again after a reload that came while they were sent', async () => {
    const replies = await opened();
    desk.reply = () => new Promise(() => undefined);
    useDrafts().text = '马上为您处理';
    void replies.send();
    desk = withStores();
    await opened();
    await useReplies().resend();
    expect(desk.replies).toEqual([expect.objectContaining({ text: '马上为您处理' })]);
  });

  test('are nobody else’s, and come back with their writer', async () => {
    const replies = await lost();
    const session = useSession();
    session.user = OTHER;
    await replies.resend();
    expect([replies.all, desk.replies]).toEqual([[], []]);
    session.user = ME;
    expect(replies.underway).toHaveLength(1);
  });

  test('are not sent again by themselves when the desk refused them', async () => {
    const replies = await opened();
    desk.failing = new ApiError(409, 'not_owner', '您不是这个会话的当前客服');
    useDrafts().text = '您好';
    await replies.send();
    desk.failing = null;
    await replies.resend();
    expect(desk.replies).toEqual([]);
    expect(replies.underway).toHaveLength(1);
  });
});

describe('replies that cross', () => {
  async function crossed(): Promise<ReturnType<typeof useReplies>> {
    const replies = await opened();
    desk.crossing = [2];
    useDrafts().text = '马上为您处理';
    await replies.send();
    return replies;
  }

  test('are held back, and what came in between is read', async () => {
    desk.messagesById.set('c1', [message(1)]);
    const replies = await opened();
    desk.messagesById.set('c1', [message(1), message(2, { author: 'agent', text: '我来' })]);
    desk.crossing = [2];
    useDrafts().text = '马上为您处理';
    await replies.send();
    expect(replies.crossed).toMatchObject({ crossed: [2], failed: false, afterSeq: 1 });
    expect(useOpened().lastSeq).toBe(2);
    expect(desk.replies).toEqual([]);
  });

  test('are sent anyway as the same message', async () => {
    const replies = await crossed();
    const clientId = replies.crossed?.clientId ?? '';
    await replies.sendAnyway(clientId);
    expect(desk.replies).toEqual([expect.objectContaining({ force: true, client_id: clientId })]);
    expect(replies.crossed).toBeNull();
  });

  test('go back into the composer to be written anew', async () => {
    const replies = await crossed();
    replies.edit(replies.crossed?.clientId ?? '');
    expect(useDrafts().text).toBe('马上为您处理');
    expect(replies.all).toEqual([]);
  });
});

describe('drafts', () => {
  test('half-written text waits while another conversation is open', async () => {
    await opened();
    const drafts = useDrafts();
    drafts.text = '写到一半';
    desk.put(summary({ id: 'c2', state: 'active', owner: ME }));
    await useOpened().open('c2');
    expect(drafts.text).toBe('');
    await useOpened().open('c1');
    expect(drafts.text).toBe('写到一半');
  });

  test('answers and notes are kept apart', async () => {
    await opened();
    const drafts = useDrafts();
    drafts.text = '给客户的';
    drafts.toggleMode();
    expect([drafts.mode, drafts.text]).toEqual(['note', '']);
    drafts.toggleMode();
    expect(drafts.text).toBe('给客户的');
  });

  test('only a note can be written in a conversation one does not have', async () => {
    await opened({ owner: { id: 'a1', display_name: '周敏' } });
    const drafts = useDrafts();
    drafts.setMode('reply');
    expect(drafts.mode).toBe('note');
  });

  test('they outlive the page and an expired session, for their writer only', async () => {
    await opened();
    useDrafts().text = '写到一半';
    desk = withStores();
    await opened();
    const [drafts, session] = [useDrafts(), useSession()];
    expect(drafts.text).toBe('写到一半');
    session.leave();
    expect(drafts.text).toBe('');
    session.user = OTHER;
    expect(drafts.text).toBe('');
    session.user = ME;
    expect(drafts.text).toBe('写到一半');
  });

  test('who signs out leaves nothing in the tab, whatever the desk says', async () => {
    await opened();
    useDrafts().text = '写到一半';
    const notes = useTicketDrafts();
    notes.of('T1').text = '备注写到一半';
    const session = useSession();
    await session.signOut().catch(() => undefined);
    expect(Object.keys(sessionStorage).filter((key) => key.includes(ME.id))).toEqual([]);
    session.user = ME;
    expect(useDrafts().text).toBe('');
    expect(notes.of('T1').text).toBe('');
  });

  test('a ready answer goes after what is written', async () => {
    await opened();
    const drafts = useDrafts();
    drafts.text = '您好，\n';
    drafts.insert('3–7 个工作日到账。');
    expect(drafts.text).toBe('您好，\n3–7 个工作日到账。');
  });

  test('an unfilled place is remembered until it is gone', async () => {
    await opened();
    const drafts = useDrafts();
    drafts.holes = ['【订单号】'];
    drafts.text = '订单 【订单号】 正在核实。';
    expect(drafts.openHoles).toEqual(['【订单号】']);
    drafts.text = '订单 123 正在核实。';
    expect(drafts.openHoles).toEqual([]);
  });
});

describe('notes', () => {
  test('are sent as notes and call those who are named', async () => {
    desk.people = [agent({ id: 'a1', display_name: '周敏' }), agent({ id: ME.id })];
    await useColleagues().load();
    const replies = await opened();
    const drafts = useDrafts();
    drafts.setMode('note');
    drafts.text = '@周敏 请看一下';
    await replies.send();
    expect(desk.notes).toEqual([expect.objectContaining({ mentions: ['a1'] })]);
    expect(desk.replies).toEqual([]);
  });

  test('of names that begin alike the longer one is meant', () => {
    const people = [
      { id: 'short', display_name: '周敏' },
      { id: 'long', display_name: '周敏佳' },
    ];
    expect(mentionedIn('@周敏佳 请看', people)).toEqual(['long']);
    expect(mentionedIn('@周敏 和 @周敏佳', people)).toEqual(['long', 'short']);
    expect(mentionedIn('周敏说过', people)).toEqual([]);
  });
});

describe('files', () => {
  const picture = (name: string, bytes = 4): File => new File(['x'.repeat(bytes)], name);

  test('go with the next reply, which waits for them', async () => {
    const replies = await opened();
    const files = useFiles();
    files.add([picture('破损.png')]);
    useDrafts().text = '请看图';
    await replies.send();
    expect(desk.replies).toEqual([]);
    await vi.waitUntil(() => files.ready);
    await replies.send();
    expect(desk.replies[0]?.attachment_ids).toEqual(['file 破损.png']);
    expect(files.here).toEqual([]);
  });

  test('are nobody else’s', async () => {
    await opened();
    const files = useFiles();
    files.add([picture('破损.png')]);
    await vi.waitUntil(() => files.ready);
    useSession().user = OTHER;
    expect(files.here).toEqual([]);
    useSession().user = ME;
    expect(files.here).toHaveLength(1);
  });

  test('a failed one is kept and can be sent up again', async () => {
    await opened();
    const files = useFiles();
    desk.failing = new Error('不支持这种文件');
    files.add([picture('a.exe')]);
    await vi.waitUntil(() => files.here[0]?.problem);
    desk.failing = null;
    await files.send(files.here[0]?.key ?? '');
    expect(files.here[0]).toMatchObject({ problem: null, share: 1 });
  });

  test('come back with a reply that is written anew', async () => {
    const replies = await opened();
    const files = useFiles();
    files.add([picture('破损.png')]);
    await vi.waitUntil(() => files.ready);
    desk.crossing = [2];
    await replies.send();
    expect(files.here).toEqual([]);
    replies.edit(replies.crossed?.clientId ?? '');
    expect(files.here.map((file) => file.name)).toEqual(['破损.png']);
    expect(files.ready).toBe(true);
  });

  test('too large, empty and too many ones are refused before they are sent', () => {
    expect(refusalOf({ size: 0 }, 0)).toBe('empty');
    expect(refusalOf({ size: 10 * 1024 * 1024 + 1 }, 0)).toBe('too_large');
    expect(refusalOf({ size: 10 * 1024 * 1024 }, 9)).toBeNull();
    expect(refusalOf({ size: 1 }, 10)).toBe('too_many');
  });
});
