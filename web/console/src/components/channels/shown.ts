import { inject, type ComputedRef, type InjectionKey } from 'vue';
import type { AccountField } from './account';

/** The fields that are shown to be wrong. */
export const SHOWN: InjectionKey<ComputedRef<ReadonlySet<AccountField>>> = Symbol('shown');

export function useShown(): ComputedRef<ReadonlySet<AccountField>> {
  const shown = inject(SHOWN);
  if (!shown) throw new Error('no fields are provided');
  return shown;
}
