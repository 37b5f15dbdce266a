import { defineStore } from 'pinia';
import { reactive, watch } from 'vue';
import { useSession } from './session';

export interface NoteDraft {
  text: string;
  /** For the customer, not among staff. */
  public: boolean;
}

/** Notes that are being written, by writer and ticket; they outlast a look at another page. */
export const useTicketDrafts = defineStore('ticket-drafts', () => {
  const session = useSession();
  const drafts = reactive(new Map<string, NoteDraft>());

  watch(
    () => session.signOuts,
    () => drafts.clear(),
    { flush: 'sync' },
  );

  function of(number: string): NoteDraft {
    const key = `${session.user?.id}:${number}`;
    if (!drafts.has(key)) drafts.set(key, { text: '', public: false });
    return drafts.get(key) as NoteDraft;
  }

  /** The note is sent; the next one goes to the same readers. */
  function clear(number: string): void {
    of(number).text = '';
  }

  return { of, clear };
});
