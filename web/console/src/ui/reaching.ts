import { useI18n } from 'vue-i18n';
import { ApiError } from '../api/http';
import { problemText } from '../format/problem';
import { useHandling } from '../stores/handling';
import { told, useActing, type Acting } from './act';
import { ElMessage } from './element';

/** What is done about messages that have not reached a customer elsewhere. */
export function useReaching(): {
  busy: Acting['busy'];
  retry(seq: number): Promise<void>;
  remind(): Promise<void>;
} {
  const { t, te } = useI18n();
  const handling = useHandling();
  const { busy, act } = useActing();

  function refused(problem: unknown): void {
    const why =
      problem instanceof ApiError ? `reach.problem.${String(problem.details['problem'])}` : '';
    const message = te(why) ? t(why) : problemText(problem, t);
    ElMessage({ type: 'error', message, duration: 5000 });
  }

  return {
    busy,
    async retry(seq) {
      if (await act(() => handling.retrySending(seq))) told(t('reach.retried'));
    },
    async remind() {
      await act(async () => {
        try {
          const state = await handling.remind();
          told(state === 'sent' ? t('reach.reminded') : t('reach.remindUnsure'));
        } catch (problem) {
          refused(problem);
        }
      });
    },
  };
}
