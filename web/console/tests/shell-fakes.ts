import { createPinia, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import { DESK, INBOX } from '../src/api';
import type { DeskApi } from '../src/api/desk';
import type { Request, RequestOptions } from '../src/api/http';
import type { InboxApi } from '../src/api/inbox';
import { REQUEST } from '../src/api/provide';

type Answer = (options: RequestOptions) => unknown;

/** A desk that answers by method and path, and remembers what it was asked. */
export class FakeServer {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, Answer>();

  on(what: string, answer: Answer): this {
    this.answers.set(what, answer);
    return this;
  }

  readonly request: Request = async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    const what = `${options.method ?? 'GET'} ${path}`;
    this.asked.push(what);
    const answer = this.answers.get(what);
    if (!answer) throw new Error(`not expected: ${what}`);
    return answer(options) as T;
  };
}

/** Stores on a fake desk. */
export function withServer(desk: Partial<DeskApi> = {}, inbox = {} as InboxApi): FakeServer {
  const server = new FakeServer();
  const app = createApp({});
  const pinia = createPinia();
  app.provide(REQUEST, server.request);
  app.provide(DESK, desk as DeskApi);
  app.provide(INBOX, inbox);
  app.use(pinia);
  setActivePinia(pinia);
  return server;
}
