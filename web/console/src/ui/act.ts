import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { refusalText } from '../format/problem';
import { ElMessage } from './element';

export interface Acting {
  busy: Readonly<Ref<boolean>>;
  /** Does something, one thing at a time; what went wrong is said. True when it was done. */
  act(what: () => Promise<unknown>): Promise<boolean>;
}

/** `refusals`: where texts for the desk's reasons stand, e.g. `customer.merge.refused`. */
export function useActing(refusals = ''): Acting {
  const { t, te } = useI18n();
  const busy = ref(false);
  return {
    busy,
    async act(what) {
      if (busy.value) return false;
      busy.value = true;
      try {
        await what();
        return true;
      } catch (problem) {
        ElMessage({
          type: 'error',
          message: refusalText(problem, refusals, t, te),
          duration: 5000,
        });
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}

let last: ReturnType<typeof ElMessage> | undefined;

/** Says in passing that something was done, instead of what was said before. */
export function told(message: string): void {
  last?.close();
  last = ElMessage({ type: 'success', message, duration: 3000 });
}
