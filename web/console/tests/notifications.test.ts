import { createApp } from 'vue';
import { expect, test } from 'vitest';
import type { Notification } from '../../shared/api/shell';
import { MOST_TOASTS, placeOf, useNotifications } from '../src/stores/notifications';
import { useReadAbout } from '../src/ui/read-about';
import { withServer } from './shell-fakes';

function notification(id: string, change: Partial<Notification> = {}): Notification {
  return {
    id,
    kind: 'assigned',
    text: '有会话分派给您',
    subject: { kind: 'conversation', id: 'c1' },
    data: {},
    created_at: '2026-11-21T08:00:00Z',
    read_at: null,
    ...change,
  };
}

test('what arrives is counted, shown and told once, however many connections tell it', () => {
  withServer();
  const store = useNotifications();
  const told: string[] = [];
  store.onArrival((each) => told.push(each.id));
  store.receive(notification('1'));
  store.receive(notification('1'));
  expect([store.unread, store.items.length, told]).toEqual([1, 1, ['1']]);
});

test('what was read elsewhere already is listed and disturbs nobody', () => {
  withServer();
  const store = useNotifications();
  store.receive(notification('1', { read_at: '2026-11-21T08:01:00Z' }));
  expect([store.unread, store.items.length, store.toasts.length]).toEqual([0, 1, 0]);
});

test('only the newest are shown on the page', () => {
  withServer();
  const store = useNotifications();
  for (let id = 0; id < MOST_TOASTS + 2; id += 1) store.receive(notification(String(id)));
  expect(store.toasts.map((toast) => toast.id)).toEqual(['2', '3', '4']);
});

test('reading one takes it from the page and the count, and the desk learns it once', async () => {
  const server = withServer().on('POST /notifications/read', () => ({ unread: 0 }));
  const store = useNotifications();
  store.receive(notification('1'));
  await store.read('1');
  await store.read('1');
  expect([store.unread, store.toasts]).toEqual([0, []]);
  expect(server.asked).toEqual(['POST /notifications/read']);
});

test('what the desk did not take is unread again', async () => {
  const server = withServer().on('POST /notifications/read', () => {
    throw new Error('away');
  });
  server.on('GET /notifications', () => ({ items: [notification('1')], unread: 1, next: null }));
  const store = useNotifications();
  store.receive(notification('1'));
  await store.readAll();
  expect([store.unread, store.items[0]?.read_at]).toEqual([1, null]);
});

test('who opens a conversation has read what was told about it, also what is not listed', async () => {
  const asked: unknown[] = [];
  const server = withServer().on('POST /notifications/read', ({ body }) => {
    asked.push(body);
    return { unread: 1 };
  });
  const items = [
    notification('1'),
    notification('2', { subject: { kind: 'ticket', id: 'c1' } }),
    notification('3', { kind: 'mentioned' }),
  ];
  server.on('GET /notifications', () => ({ items, unread: 4, next: 'x' }));
  const store = useNotifications();
  await store.load();
  const subject = { kind: 'conversation', id: 'c1' };
  await store.readAbout(subject);
  expect(asked).toEqual([{ subject }]);
  expect(store.items.filter((item) => item.read_at === null).map(({ id }) => id)).toEqual(['2']);
  expect(store.unread).toBe(1);
  await store.readAbout(subject);
  expect(asked).toHaveLength(1);
});

test('what arrives about the conversation on the screen is shown but does not count', async () => {
  const server = withServer().on('POST /notifications/read', () => ({ unread: 0 }));
  server.on('GET /notifications', () => ({ items: [], unread: 0, next: null }));
  const store = useNotifications();
  await store.load();
  const app = createApp({
    setup: () => useReadAbout('conversation', () => 'c1'),
    render: () => null,
  });
  app.mount(document.createElement('div'));
  store.receive(notification('1'));
  store.receive(notification('2', { subject: { kind: 'conversation', id: 'c2' } }));
  expect([store.unread, store.toasts.map(({ id }) => id)]).toEqual([1, ['1', '2']]);
  app.unmount();
  store.receive(notification('3'));
  expect(store.unread).toBe(2);
});

test('a notification leads to what it is about', () => {
  const place = (change: Partial<Notification>): string | null =>
    placeOf(notification('1', change));
  const ticket = { kind: 'ticket', id: 't1' };
  expect(place({})).toBe('/desk/mine/c1');
  expect(place({ kind: 'mentioned' })).toBe('/desk/open/c1');
  expect(place({ kind: 'ticket_assigned', subject: ticket, data: { number: 'T1-2' } })).toBe(
    '/tickets/T1-2',
  );
  expect(place({ kind: 'sla_breach', subject: ticket, data: { title: 'T1-2 退款未到账' } })).toBe(
    '/tickets/T1-2',
  );
  expect(place({ kind: 'alert', subject: { kind: 'category', id: 'x' } })).toBe('/alerts');
});
