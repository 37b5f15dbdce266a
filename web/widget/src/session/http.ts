import type {
  ApiErrorBody,
  Attachment,
  MessageAccepted,
  VisitorMessages,
  VisitorSession,
} from '../../../shared/api';
import type { JoinCode, Survey, WordLeft } from '../../../shared/api/visitor';
import { sendUp } from './upload';

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
  send(
    token: string,
    text: string,
    clientId: string,
    attachmentIds: readonly string[],
  ): Promise<MessageAccepted>;
  /** The visitor has seen everything up to `seq`. */
  read(token: string, seq: number): Promise<void>;
  rate(token: string, survey: Survey): Promise<void>;
  leaveWord(token: string, text: string, contact: string): Promise<WordLeft>;
  joinCode(token: string): Promise<JoinCode>;
  /** Sends a file up for a message; `told` hears the share that is there, 0–1. */
  upload(
    token: string,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment>;
  /** The content of a file of the conversation. */
  file(token: string, id: string): Promise<Blob>;
}

const PATIENCE_MS = 15_000;
const FILE_PATIENCE_MS = 120_000;

interface Options {
  token?: string;
  body?: object;
  signal?: AbortSignal;
}

/** The visitor API over HTTP. Throws Refused for an answer that is an error, else what fetch throws. */
export function visitorApi(base: string, language: string, fetcher: typeof fetch): VisitorApi {
  const address = (path: string): string => `${base}/api/v1/visitor${path}`;
  const headers = (token?: string): Record<string, string> => ({
    'Accept-Language': language,
    ...(token && { Authorization: `Bearer ${token}` }),
  });

  async function ask(path: string, { token, body, signal }: Options): Promise<Response> {
    const response = await fetcher(address(path), {
      method: body ? 'POST' : 'GET',
      headers: { ...headers(token), ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: signal ?? AbortSignal.timeout(PATIENCE_MS),
      credentials: 'omit',
      cache: 'no-store',
    });
    if (!response.ok) throw refusal(response.status, await response.text());
    return response;
  }

  async function call<T>(path: string, options: Options): Promise<T> {
    const response = await ask(path, options);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  return {
    openSession: () => call('/sessions', { body: {} }),
    messages: (token, after, wait, signal) =>
      call(`/messages?after=${after}&wait=${wait}`, { token, signal }),
    send: (token, text, clientId, ids) =>
      call('/messages', { token, body: { text, client_id: clientId, attachment_ids: ids } }),
    read: (token, seq) => call('/read', { token, body: { seq } }),
    rate: (token, survey) => call('/rating', { token, body: survey }),
    leaveWord: (token, text, contact) =>
      call('/leave-word', { token, body: { text: text || null, contact: contact || null } }),
    joinCode: (token) => call('/join-code', { token, body: {} }),
    async upload(token, file, told, signal) {
      const url = address('/attachments');
      const { status, body } = await sendUp(url, headers(token), file, told, signal);
      if (status >= 300) throw refusal(status, body);
      return JSON.parse(body) as Attachment;
    },
    async file(token, id) {
      const signal = AbortSignal.timeout(FILE_PATIENCE_MS);
      return (await ask(`/attachments/${id}`, { token, signal })).blob();
    },
  };
}

function refusal(status: number, body: string): Refused {
  try {
    return new Refused(status, (JSON.parse(body) as { error: ApiErrorBody }).error);
  } catch {
    return new Refused(status, { code: 'unreadable', message: '' });
  }
}
