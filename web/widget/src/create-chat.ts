import { ChatSession } from './session/chat-session';
import { visitorApi } from './session/http';
import type { Outgoing } from './session/outbox';
import { pollTransport } from './session/poll-transport';
import { socketTransport } from './session/socket-transport';
import { browserStore } from './session/store';
import type { Kept } from './session/visit';

/** Set while the script runs; a module or a later call would not know it. */
const scriptOrigin = originOf(document.currentScript);

/** A chat session made of the browser's own parts. */
export function createChat(apiBase: string | null, language: string): ChatSession {
  const base = new URL(apiBase || scriptOrigin, location.href).href.replace(/\/+$/, '');
  const api = visitorApi(base, language, (...request) => fetch(...request));
  const address = `${base.replace(/^http/, 'ws')}/api/v1/visitor/ws`;
  return new ChatSession({
    api,
    openSocket: socketTransport(address, (url) => new WebSocket(url)),
    openPoll: pollTransport(api),
    kept: browserStore<Kept>(() => localStorage, `fenzhen:${base}:session`),
    outbox: browserStore<Outgoing[]>(() => sessionStorage, `fenzhen:${base}:outbox`),
    newId,
    now: () => Date.now(),
    random: () => Math.random(),
  });
}

function originOf(script: typeof document.currentScript): string {
  return script instanceof HTMLScriptElement && script.src
    ? new URL(script.src).origin
    : location.origin;
}

/** `crypto.randomUUID` is missing on pages without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
