import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused } from '../src/session/http';
import { textsFor } from '../src/i18n';
import { TrayView } from '../src/view/tray-view';
import { desk, type Desk } from './fakes';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const picture = (name = '小票.jpg'): File => new File(['x'], name, { type: 'image/jpeg' });

async function connected(): Promise<Desk> {
  const it = desk({ kept: { token: 'old', seen: 0 } });
  it.chat.resume();
  await settle();
  it.socket().isReady();
  return it;
}

test('files are sent up at once and go with the next message', async () => {
  const it = await connected();
  it.chat.files.add([picture()]);
  await settle();
  it.api.uploads[0]?.told(0.4);
  expect(it.chat.state.files).toMatchObject([{ name: '小票.jpg', share: 0.4, attachment: null }]);
  it.api.uploads[0]?.arrives();
  await settle();
  expect(it.chat.state.files).toMatchObject([{ share: 1, attachment: { id: 'f1' } }]);
  it.chat.send('', it.chat.files.take());
  expect(it.socket().sentMessages).toMatchObject([{ text: '', attachment_ids: ['f1'] }]);
  expect(it.chat.state.files).toEqual([]);
  expect(it.chat.state.items.at(-1)?.attachments).toMatchObject([{ id: 'f1' }]);
});

test('a file of one’s own is not fetched again to be shown', async () => {
  const it = await connected();
  it.chat.files.add([picture()]);
  await settle();
  it.api.uploads[0]?.arrives();
  await settle();
  await it.chat.files.open('f1');
  expect(it.api.opened).toEqual([]);
});

test('a first visitor’s files open one session, however many they are', async () => {
  const it = desk();
  it.chat.files.add([picture('1.jpg'), picture('2.jpg')]);
  await settle();
  expect(it.api.sessions).toBe(1);
  expect(it.api.uploads.map((upload) => upload.token)).toEqual(['token-1', 'token-1']);
});

test('an upload that failed can be tried again, with what the desk had against it', async () => {
  const it = await connected();
  it.chat.files.add([picture()]);
  await settle();
  it.api.uploads[0]?.fails(new Refused(415, { code: 'file_not_allowed', message: '不支持' }));
  await settle();
  const [file] = it.chat.state.files;
  expect(file?.problem).toBe('不支持');
  it.chat.files.retry(file?.key ?? '');
  await settle();
  it.api.uploads[1]?.arrives();
  await settle();
  expect(it.chat.state.files).toMatchObject([{ problem: null, attachment: { id: 'f2' } }]);
});

test('a token that is worth nothing any more is renewed once, and the files wait for a retry', async () => {
  const it = await connected();
  it.chat.files.add([picture('1.jpg'), picture('2.jpg')]);
  await settle();
  const refused = new Refused(401, { code: 'session_expired', message: '' });
  for (const upload of [...it.api.uploads]) upload.fails(refused);
  await settle();
  expect(it.api.sessions).toBe(1);
  expect(it.chat.state.barred).toBe(false);
  expect(it.chat.state.files.map((file) => file.problem)).toEqual(['', '']);
});

test.each([
  ['安装.exe', 'x', 'fileKind'],
  ['空.txt', '', 'fileEmpty'],
  ['录像.mp4', 'x'.repeat(10 * 1024 * 1024 + 1), 'fileTooLarge'],
])('%s is refused before it is sent up', async (name, content, why) => {
  const it = await connected();
  it.chat.files.add([new File([content], name)]);
  await settle();
  expect(it.chat.state.refusedFiles).toEqual([{ name, why }]);
  expect(it.api.uploads).toEqual([]);
});

test('a file that the desk does not take is not offered to be tried again', async () => {
  const it = await connected();
  it.chat.files.add([picture('1.jpg'), picture('2.jpg')]);
  await settle();
  it.api.uploads[0]?.fails(new Refused(415, { code: 'file_not_allowed', message: '不支持' }));
  it.api.uploads[1]?.fails(new Refused(503, { code: 'unavailable', message: '稍后再试' }));
  await settle();
  expect(it.chat.state.files.map((file) => file.again)).toEqual([false, true]);
  const actions = { retry: () => undefined, remove: () => undefined, dismiss: () => undefined };
  const tray = new TrayView(textsFor('zh'), actions);
  tray.update(it.chat.state.files, []);
  const offered = [...tray.element.querySelectorAll<HTMLElement>('.retry')];
  expect(offered.map((button) => button.hidden)).toEqual([true, false]);
});

test('what was said of a refused file goes away when it was read', async () => {
  const it = await connected();
  it.chat.files.add([new File(['x'], '安装.exe')]);
  it.chat.files.dismiss();
  expect(it.chat.state.refusedFiles).toEqual([]);
});

test('more files than go into one message are refused by name', async () => {
  const it = await connected();
  it.chat.files.add(Array.from({ length: 11 }, (_, index) => picture(`${index}.jpg`)));
  expect(it.chat.state.files).toHaveLength(10);
  expect(it.chat.state.refusedFiles).toEqual([{ name: '10.jpg', why: 'fileTooMany' }]);
});

test('a file that was removed is not sent, and its upload stops', async () => {
  const it = await connected();
  it.chat.files.add([picture()]);
  await settle();
  it.chat.files.remove(it.chat.state.files[0]?.key ?? '');
  await settle();
  expect(it.chat.state.files).toEqual([]);
  expect(it.chat.files.take()).toEqual([]);
});

test('the content of a file is fetched once; after a failure it can be asked for again', async () => {
  const it = await connected();
  it.api.reachable = false;
  await expect(it.chat.files.open('f9')).rejects.toThrow();
  it.api.reachable = true;
  await it.chat.files.open('f9');
  await it.chat.files.open('f9');
  expect(it.api.opened).toEqual(['f9']);
});
