import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError, createRequest, Unreachable, type Surroundings } from '../src/api/http';
import { nextPath } from '../src/next-path';

interface Call {
  url: string;
  headers: Record<string, string>;
}

/** A request function over answers prepared by the test. */
function over(...answers: (Response | Error)[]) {
  const calls: Call[] = [];
  let signedOut = 0;
  let token = 'old';
  const around: Surroundings = {
    fetcher: async (url, init) => {
      calls.push({ url: String(url), headers: init?.headers as Record<string, string> });
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error('no answer prepared');
      return answer;
    },
    language: () => 'zh-CN',
    csrfToken: () => token,
    signedOut: () => (signedOut += 1),
    renewCsrf: async () => {
      token = 'new';
      return true;
    },
  };
  return { around, request: createRequest(around), calls, signedOut: () => signedOut };
}

const refusal = (status: number, code: string): Response =>
  Response.json({ error: { code, message: `说明 ${code}` } }, { status });

test('unsafe methods carry the CSRF token, safe ones do not', async () => {
  const { request, calls } = over(Response.json({}), Response.json({}));
  await request('/x', { method: 'POST', body: {} });
  await request('/x', { query: { view: 'queue', none: undefined } });
  expect(calls[0]?.headers['X-CSRF-Token']).toBe('old');
  expect(calls[1]?.headers).not.toHaveProperty('X-CSRF-Token');
  expect(calls[1]?.url).toBe('/api/v1/x?view=queue');
});

test('a CSRF token out of date is renewed once', async () => {
  const { request, calls } = over(refusal(403, 'csrf_failed'), Response.json({ done: true }));
  expect(await request('/x', { method: 'POST' })).toEqual({ done: true });
  expect(calls[1]?.headers['X-CSRF-Token']).toBe('new');
});

test('what is forbidden stays forbidden', async () => {
  const { request, calls } = over(refusal(403, 'forbidden'));
  await expect(request('/x')).rejects.toMatchObject({
    code: 'forbidden',
    message: '说明 forbidden',
  });
  expect(calls).toHaveLength(1);
});

test('a 401 ends the session, except where it is an answer', async () => {
  const ended = over(refusal(401, 'not_signed_in'), refusal(401, 'sign_in_failed'));
  await expect(ended.request('/x')).rejects.toBeInstanceOf(ApiError);
  expect(ended.signedOut()).toBe(1);
  await expect(ended.request('/auth/login', { mayBeSignedOut: true })).rejects.toThrow();
  expect(ended.signedOut()).toBe(1);
});

test('a desk that cannot be reached is told apart, and so is an answer that is no JSON', async () => {
  const { request } = over(new TypeError('network'), new Response('<html>', { status: 502 }));
  await expect(request('/x')).rejects.toBeInstanceOf(Unreachable);
  await expect(request('/x')).rejects.toMatchObject({ status: 502, code: 'unreadable' });
});

describe('a network that is silently gone', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Answers nothing, and ends when it is told to. */
  function silent() {
    const fetcher: typeof fetch = (_url, init) =>
      new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    return createRequest({ ...over().around, fetcher });
  }

  test('is given up after fifteen seconds', async () => {
    const asked = expect(silent()('/x')).rejects.toBeInstanceOf(Unreachable);
    await vi.advanceTimersByTimeAsync(15_000);
    await asked;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is waited for longer where the desk has much to do', async () => {
    let over = false;
    const asked = silent()('/x', { patienceMs: 60_000 }).catch(() => (over = true));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await asked;
    expect(over).toBe(true);
  });

  test('is no failure of the desk when the page itself no longer wants the answer', async () => {
    const unwanted = new AbortController();
    const asked = expect(silent()('/x', { signal: unwanted.signal })).rejects.toThrow('stopped');
    unwanted.abort();
    await asked;
  });
});

test.each([
  ['/tickets/T1', '/tickets/T1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, path) => expect(nextPath(next)).toBe(path));
