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

/** The desk could not be reached at all. */
export class Unreachable extends Error {}

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
  /** A 401 is an answer here, not the end of the session. */
  mayBeSignedOut?: boolean;
}

export type Request = <T>(path: string, options?: RequestOptions) => Promise<T>;

/** Requests to `/api/v1` with language, CSRF token and errors in one form. */
export function createRequest(around: Surroundings): Request {
  async function attempt(path: string, options: RequestOptions): Promise<Response> {
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
        ...(options.signal && { signal: options.signal }),
        credentials: 'same-origin',
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Unreachable();
    }
  }

  return async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    let response = await attempt(path, options);
    if (response.status === 403 && !options.mayBeSignedOut) {
      const error = await errorOf(response);
      // somebody signed in again in another tab
      if (error.code !== 'csrf_failed' || !(await around.renewCsrf())) throw error;
      response = await attempt(path, options);
    }
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    if (response.status === 401 && !options.mayBeSignedOut) around.signedOut();
    throw await errorOf(response);
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
