import type { ReviewItem } from '../../../../shared/api/review';

type Translate = (key: string, named: Record<string, string>) => string;
type Name = (section: string, key: string, fallback?: string) => string;

/** What an agent corrected, in words: 「业务 退款 → 物流」. */
export function correctedText(
  corrected: ReviewItem['corrected'],
  t: Translate,
  name: Name,
): string {
  return corrected
    .map(({ target, said, corrected: now }) =>
      t(said ? 'review.labelChange' : 'review.labelSet', {
        target: name('label', target),
        before: said ? name(target, said.key, said.name) : '',
        after: name(target, now.key, now.name),
      }),
    )
    .join('；');
}
