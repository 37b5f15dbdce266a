import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { AgentServerFrame } from '../../../shared/api';
import { LiveSocket, type LiveStatus } from '../live/live-socket';
import { useLists } from './lists';
import { useOpened } from './opened';
import { useSession } from './session';

/** The order and the counts come from the desk again so long after the last change. */
const SETTLE_MS = 1_500;
const TYPING_MS = 6_000;

/** Keeps lists and the opened conversation as they are at the desk. */
export const useLive = defineStore('live', () => {
  const lists = useLists();
  const opened = useOpened();
  const session = useSession();

  const status = ref<LiveStatus>('off');
  /** Conversation in which the customer is typing. */
  const typingIn = ref<string | null>(null);
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let settleTimer: ReturnType<typeof setTimeout> | undefined;

  const socket = new LiveSocket(openSocket, {
    status: (next) => (status.value = next),
    frame: take,
    signedOut: () => session.leave(),
  });

  function start(): void {
    socket.start();
  }

  function stop(): void {
    clearTimeout(settleTimer);
    clearTimeout(typingTimer);
    socket.stop();
  }

  function take(frame: AgentServerFrame): void {
    switch (frame.type) {
      case 'ready':
      case 'refresh':
        refreshAll();
        break;
      case 'conversation':
        lists.apply(frame.conversation);
        void opened.changed(frame.conversation);
        if (frame.conversation.last_message?.author === 'customer') typed(frame.conversation.id);
        settleLater();
        break;
      case 'message':
        opened.receive(frame.conversation_id, [frame.message]);
        break;
      case 'typing':
        if (frame.author === 'customer') typing(frame.conversation_id);
        break;
    }
  }

  function refreshAll(): void {
    void lists.load();
    void opened.refresh();
  }

  function settleLater(): void {
    if (settleTimer !== undefined) return;
    settleTimer = setTimeout(() => {
      settleTimer = undefined;
      void lists.load();
    }, SETTLE_MS);
  }

  function typing(conversationId: string): void {
    clearTimeout(typingTimer);
    typingIn.value = conversationId;
    typingTimer = setTimeout(() => (typingIn.value = null), TYPING_MS);
  }

  /** What was being typed is there. */
  function typed(conversationId: string): void {
    if (typingIn.value === conversationId) typingIn.value = null;
  }

  return { status, typingIn, start, stop, hurry: () => socket.hurry() };
});

function openSocket(): WebSocket {
  return new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/agent/ws`);
}
