import type { ApiErrorBody } from '../../../shared/api';

/** The desk refused a request; `message` is for the reader, in the language of the page. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** The desk could not be reached at all, or did not answer in time. */
export class Unreachable extends Error {}

/** So long an answer is waited for: a network that is silently gone is noticed no other way. */
const PATIENCE_MS = 15_000;

export interface Surroundings {
  fetcher: typeof fetch;
  language(): string;
  csrfToken(): string;
  /** The session has ended: whoever is signed in must sign in again. */
  signedOut(): void;
  /** The CSRF token is out of date; true when a new one could be had. */
  renewCsrf(): Promise<boolean>;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: object;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  /** For what takes the desk longer. */
  patienceMs?: number;
  /** A 401 is an answer here, not the end of the session. */
  mayBeSignedOut?: boolean;
}

export type Request = <T>(path: string, options?: RequestOptions) => Promise<T>;

/** Requests to `/api/v1` with language, CSRF token and errors in one form. */
export function createRequest(around: Surroundings): Request {
  async function attempt(
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
  ): Promise<Response> {
    const method = options.method ?? 'GET';
    try {
      return await around.fetcher(`/api/v1${path}${queryOf(options.query)}`, {
        method,
        headers: {
          'Accept-Language': around.language(),
          ...(options.body && { 'Content-Type': 'application/json' }),
          ...(method !== 'GET' && { 'X-CSRF-Token': around.csrfToken() }),
        },
        ...(options.body && { body: JSON.stringify(options.body) }),
        signal,
        credentials: 'same-origin',
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Unreachable();
    }
  }

  async function exchange<T>(
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
  ): Promise<T> {
    let response = await attempt(path, options, signal);
    if (response.status === 403 && !options.mayBeSignedOut) {
      const error = await errorOf(response);
      // somebody signed in again in another tab
      if (error.code !== 'csrf_failed' || !(await around.renewCsrf())) throw error;
      response = await attempt(path, options, signal);
    }
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    if (response.status === 401 && !options.mayBeSignedOut) around.signedOut();
    throw await errorOf(response);
  }

  return async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    const ends = new AbortController();
    const stop = (): void => ends.abort();
    const timer = setTimeout(stop, options.patienceMs ?? PATIENCE_MS);
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted) stop();
    try {
      return await exchange<T>(path, options, ends.signal);
    } catch (error) {
      throw ends.signal.aborted && !options.signal?.aborted ? new Unreachable() : error;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
    }
  };
}

function queryOf(query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: ApiErrorBody };
    return new ApiError(response.status, error.code, error.message, error.details);
  } catch {
    return new ApiError(response.status, 'unreadable', `HTTP ${response.status}`);
  }
}
