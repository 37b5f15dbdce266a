import type { EntryContent, KnowledgeEntry } from '../../shared/api/knowledge';
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

export function entry(change: Partial<KnowledgeEntry> = {}): KnowledgeEntry {
  return {
    ...content(),
    key: 'refund_time',
    category: { key: 'refund', name: '退款退货' },
    owner: null,
    state: 'published',
    learned: true,
    draft: null,
    version: 3,
    updated_at: '2026-11-21T01:00:00Z',
    ...change,
  };
}
