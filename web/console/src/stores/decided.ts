import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { ReviewItem } from '../../../shared/api/review';
import { useApi } from '../api/provide';
import { ReviewApi } from '../api/review';
import { useReview } from './review';

/** What the reader has decided today, the last first. */
export const useDecided = defineStore('decided', () => {
  const api = useApi(ReviewApi);
  const review = useReview();
  const items = ref<ReviewItem[] | null>(null);
  const error = ref<unknown>(null);

  async function load(): Promise<void> {
    try {
      items.value = await api.decidedToday();
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  }

  /** The message waits for a look again, and what was learned of it is forgotten. */
  async function takeBack(id: string): Promise<void> {
    await api.reopen(id);
    items.value = items.value?.filter((each) => each.message_id !== id) ?? null;
    await review.reopened(id);
  }

  return { items, error, load, takeBack };
});
