import { inject, type InjectionKey } from 'vue';
import type { DeskApi } from './desk';
import type { InboxApi } from './inbox';

export const DESK: InjectionKey<DeskApi> = Symbol('desk api');

/** The staff API, for components. */
export function useDesk(): DeskApi {
  const desk = inject(DESK);
  if (!desk) throw new Error('no desk api is provided');
  return desk;
}

export const INBOX: InjectionKey<InboxApi> = Symbol('inbox api');

/** What is done inside conversations, for components and stores. */
export function useInbox(): InboxApi {
  const inbox = inject(INBOX);
  if (!inbox) throw new Error('no inbox api is provided');
  return inbox;
}
