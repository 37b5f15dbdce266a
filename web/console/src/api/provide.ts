import { inject, type InjectionKey } from 'vue';
import type { Request } from './http';

export const REQUEST: InjectionKey<Request> = Symbol('request');

/** A part of the staff API, for components and stores: `useApi(AlertsApi)`. */
export function useApi<T>(Api: new (request: Request) => T): T {
  const request = inject(REQUEST);
  if (!request) throw new Error('no request is provided');
  return new Api(request);
}
