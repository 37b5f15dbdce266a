import { inject, type InjectionKey } from 'vue';
import type { DeskApi } from './desk';

export const DESK: InjectionKey<DeskApi> = Symbol('desk api');

/** The staff API, for components. */
export function useDesk(): DeskApi {
  const desk = inject(DESK);
  if (!desk) throw new Error('no desk api is provided');
  return desk;
}
