import type { EntryContent } from '../../shared/api/knowledge';
import { blankContent } from '../src/components/knowledge/form';

export function content(change: Partial<EntryContent> = {}): EntryContent {
  return {
    ...blankContent(),
    category: 'refund',
    question: '退款多久到账？',
    questions: ['钱什么时候退', '退款要几天'],
    answer: '1–3 天。',
    ...change,
  };
}
