import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { AgentServerFrame } from '../../../shared/api';
import { LiveSocket, type LiveStatus } from '../live/live-socket';
import { useColleagues } from './colleagues';
import { useLists } from './lists';
import { useOpened } from './opened';
import { useReplies } from './replies';
import { useSession } from './session';
import { useViewers } from './viewers';

/** The order and the counts come from the desk again so long after a change … */
const SETTLE_MS = 1_500;
/** … and not more often than this, however busy the desk is. */
const SETTLE_AT_MOST_EVERY_MS = 5_000;
const TYPING_MS = 6_000;

export type FrameListener = (frame: AgentServerFrame) => void;

/** Keeps lists and the opened conversation as they are at the desk. */
export const useLive = defineStore('live', () => {
  const lists = useLists();
  const opened = useOpened();
  const colleagues = useColleagues();
  const replies = useReplies();
  const viewers = useViewers();
  const session = useSession();

  const status = ref<LiveStatus>('off');
  /** Conversations in which the customer is typing. */
  const typingIn = ref<ReadonlySet<string>>(new Set());
  const typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  const listeners = new Set<FrameListener>();
  let settleTimer: ReturnType<typeof setTimeout> | undefined;
  let settledAt = Number.NEGATIVE_INFINITY;

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
    settleTimer = undefined;
    for (const id of typingTimers.keys()) typed(id);
    socket.stop();
  }

  /** Hear every frame; returns how to stop that. */
  function onFrame(listener: FrameListener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function take(frame: AgentServerFrame): void {
    switch (frame.type) {
      case 'ready':
        void replies.resend();
        refreshAll();
        break;
      case 'refresh':
        refreshAll();
        break;
      case 'conversation':
        lists.apply(frame.conversation);
        void opened.changed(frame.conversation, frame.changed);
        if (frame.conversation.last_message?.author === 'customer') typed(frame.conversation.id);
        settleLater();
        break;
      case 'gone':
        lists.remove(frame.conversation_id);
        opened.lose(frame.conversation_id);
        settleLater();
        break;
      case 'typing':
        if (frame.author === 'customer') typing(frame.conversation_id);
        break;
      case 'read':
        opened.customerRead(frame.conversation_id, frame.seq);
        break;
      case 'viewers':
        viewers.apply(frame.conversation_id, frame.viewers);
        break;
      case 'presence':
        colleagues.apply(frame.agent);
        break;
    }
    for (const listener of listeners) listener(frame);
  }

  function refreshAll(): void {
    void lists.load();
    void opened.refresh();
  }

  function settleLater(): void {
    if (settleTimer !== undefined) return;
    const rest = settledAt + SETTLE_AT_MOST_EVERY_MS - Date.now();
    settleTimer = setTimeout(
      () => {
        settleTimer = undefined;
        settledAt = Date.now();
        void lists.load();
      },
      Math.max(SETTLE_MS, rest),
    );
  }

  function typing(conversationId: string): void {
    clearTimeout(typingTimers.get(conversationId));
    typingIn.value = new Set(typingIn.value).add(conversationId);
    typingTimers.set(
      conversationId,
      setTimeout(() => typed(conversationId), TYPING_MS),
    );
  }

  /** What was being typed is there, or nobody types any more. */
  function typed(conversationId: string): void {
    clearTimeout(typingTimers.get(conversationId));
    typingTimers.delete(conversationId);
    typingIn.value = new Set([...typingIn.value].filter((id) => id !== conversationId));
  }

  return { status, typingIn, start, stop, onFrame, hurry: () => socket.hurry() };
});

function openSocket(): WebSocket {
  return new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/agent/ws`);
}
