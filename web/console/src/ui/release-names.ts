import { useI18n } from 'vue-i18n';
import { outcomeOf } from '../format/outcome';
import { useLabelNames } from '../stores/label-names';
import { useNaming } from './labels';

export interface ReleaseNames {
  /** A part of a proof: `faq`, `intent`, `category` … */
  part(key: string): string;
  /** A label of a part, or what was predicted there. */
  label(part: string, key: string): string;
  /** What the desk would do with a message. */
  outcome(text: string): string;
}

/** Readable names for what stands in proofs. */
export function useReleaseNames(): ReleaseNames {
  const { t, te } = useI18n();
  const { name } = useNaming();
  const names = useLabelNames();
  void names.load();

  function outcome(text: string): string {
    const { kind, keys } = outcomeOf(text);
    if (!te(`proof.outcomes.${kind}`)) return text;
    const title = kind === 'intent' ? names.intent : names.entry;
    return t(`proof.outcomes.${kind}`, { what: keys.map((key) => `“${title(key)}”`).join('') });
  }

  function label(part: string, key: string): string {
    if (part === 'faq' && key.includes(':')) return outcome(key);
    if (te(`proof.labelNames.${part}.${key}`)) return t(`proof.labelNames.${part}.${key}`);
    if (part === 'faq' && te(`proof.outcomes.${key}`)) return outcome(key);
    if (part === 'faq') return names.entry(key);
    if (part === 'intent') return names.intent(key);
    return name(part, key);
  }

  return { part: (key) => name('release.parts', key), label, outcome };
}
