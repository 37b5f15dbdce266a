import type { ApiErrorBody } from '../../../shared/api';
import type { MessageAccepted, VisitorMessages, VisitorSession } from '../../../shared/api';

/** The api refused a request: `body` says why, in the visitor's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: ApiErrorBody,
  ) {
    super(body.message);
  }
}

export interface VisitorApi {
  openSession(): Promise<VisitorSession>;
  messages(
    token: string,
    after: number,
    wait: number,
    signal: AbortSignal,
  ): Promise<VisitorMessages>;
  send(token: string, text: string, clientId: string): Promise<MessageAccepted>;
  rate(token: string, score: number, comment: string): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** The visitor API over HTTP. Throws Refused for an answer that is an error, else what fetch throws. */
export function visitorApi(base: string, language: string, fetcher: typeof fetch): VisitorApi {
  async function call<T>(
    path: string,
    options: {
      token?: string;
      body?: object;
      signal?: AbortSignal;
    },
  ): Promise<T> {
    const response = await fetcher(`${base}/api/v1/visitor${path}`, {
      method: options.body ? 'POST' : 'GET',
      headers: {
        'Accept-Language': language,
        ...(options.body && { 'Content-Type': 'application/json' }),
        ...(options.token && { Authorization: `Bearer ${options.token}` }),
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
      signal: options.signal ?? AbortSignal.timeout(PATIENCE_MS),
      credentials: 'omit',
      cache: 'no-store',
    });
    if (!response.ok) throw await refusal(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  return {
    openSession: () => call('/sessions', { body: {} }),
    messages: (token, after, wait, signal) =>
      call(`/messages?after=${after}&wait=${wait}`, { token, signal }),
    send: (token, text, clientId) =>
      call('/messages', { token, body: { text, client_id: clientId } }),
    rate: (token, score, comment) =>
      call('/rating', { token, body: { score, comment: comment || null } }),
  };
}

async function refusal(response: Response): Promise<Refused> {
  try {
    const { error } = (await response.json()) as { error: ApiErrorBody };
    return new Refused(response.status, error);
  } catch {
    return new Refused(response.status, { code: 'unreadable', message: '' });
  }
}
