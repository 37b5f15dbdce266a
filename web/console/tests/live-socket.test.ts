import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveSocket, type LiveStatus } from '../src/live/live-socket';

/** Stands for the browser's socket; the test plays the desk. */
class FakeSocket {
  readyState: number = WebSocket.CONNECTING;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: string[] = [];

  send(data: string): void {
    if (this.readyState !== WebSocket.OPEN) throw new Error('InvalidStateError');
    this.sent.push(data);
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
  }

  says(type: string): void {
    this.readyState = WebSocket.OPEN;
    this.onmessage?.({ data: JSON.stringify({ type }) });
  }
}

function live() {
  const sockets: FakeSocket[] = [];
  const statuses: LiveStatus[] = [];
  const socket = new LiveSocket(
    () => {
      const made = new FakeSocket();
      sockets.push(made);
      return made as unknown as WebSocket;
    },
    {
      status: (status) => statuses.push(status),
      frame: () => undefined,
      signedOut: () => undefined,
    },
    () => 0.5,
  );
  socket.start();
  return { socket, sockets, statuses, newest: () => sockets.at(-1)! };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('when the network is said to have changed', () => {
  test('a connection that still lives is asked, answers, and stays', async () => {
    const it = live();
    it.newest().says('ready');
    it.socket.hurry();
    expect(it.newest().sent).toEqual(['{"type":"ping"}']);
    it.newest().says('pong');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(it.statuses).toEqual(['connecting', 'online']);
    expect(it.sockets).toHaveLength(1);
  });

  test('a connection that has died silently is noticed within seconds and made anew', async () => {
    const it = live();
    it.newest().says('ready');
    it.socket.hurry();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(it.statuses.at(-1)).toBe('offline');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(it.sockets).toHaveLength(2);
    it.newest().says('ready');
    expect(it.statuses.at(-1)).toBe('online');
  });

  test('one that is only being made is waited for', () => {
    const it = live();
    it.socket.hurry();
    expect(it.sockets).toHaveLength(1);
    expect(it.newest().sent).toEqual([]);
  });

  test('a lost one is tried again at once', () => {
    const it = live();
    it.newest().says('ready');
    it.newest().onclose?.({ code: 1006 });
    it.socket.hurry();
    expect(it.sockets).toHaveLength(2);
  });
});
