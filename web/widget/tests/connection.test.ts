import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { desk, type Desk } from './fakes';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function connected(): Promise<Desk> {
  const it = desk({ kept: { token: 'old', seen: 0 } });
  it.chat.resume();
  await vi.advanceTimersByTimeAsync(0);
  it.socket().isReady();
  return it;
}

test('when the network changes a connection that lives is asked and stays', async () => {
  const it = await connected();
  it.chat.hurry();
  expect(it.socket().sent.at(-1)).toEqual({ type: 'ping' });
  it.socket().says({ type: 'pong' });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(it.chat.state.connection).toBe('online');
  expect(it.sockets).toHaveLength(1);
});

test('when the network changes one that has died silently is noticed within seconds', async () => {
  const it = await connected();
  it.chat.hurry();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(it.chat.state.connection).toBe('offline');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(it.sockets).toHaveLength(2);
  it.socket().isReady();
  expect(it.chat.state.connection).toBe('online');
});
