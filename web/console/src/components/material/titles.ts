import type { LineKind } from '../../../../shared/api/material';
import { useIntents } from '../../stores/intents';
import { useLines } from '../../stores/lines';
import { useNaming } from '../../ui/labels';

/** What labels of lines are called. */
export function useTitles(): { titleOf(kind: LineKind, label: string): string } {
  const intents = useIntents();
  const lines = useLines();
  const { name } = useNaming();

  return {
    titleOf(kind, label) {
      if (kind === 'intent') return intents.named(label)?.title ?? label;
      if (kind === 'triage')
        return name('category', label, label || name('material', 'noCategory'));
      if (kind === 'synonym') return label;
      const known = lines.kind === kind && lines.labels?.find((each) => each.label === label);
      return name(`material.labels.${kind}`, label, (known && known.title) || label);
    },
  };
}
