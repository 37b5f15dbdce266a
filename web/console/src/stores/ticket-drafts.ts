import { defineStore } from 'pinia';
import { reactive } from 'vue';

export interface NoteDraft {
  text: string;
  /** For the customer, not among staff. */
  public: boolean;
}

/** Notes that are being written, by ticket; they outlast a look at another page. */
export const useTicketDrafts = defineStore('ticket-drafts', () => {
  const drafts = reactive(new Map<string, NoteDraft>());

  function of(number: string): NoteDraft {
    if (!drafts.has(number)) drafts.set(number, { text: '', public: false });
    return drafts.get(number) as NoteDraft;
  }

  /** The note is sent; the next one goes to the same readers. */
  function clear(number: string): void {
    of(number).text = '';
  }

  return { of, clear };
});
