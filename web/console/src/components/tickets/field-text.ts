import { useNaming } from '../../ui/labels';

/** Where the names of a field's values stand. */
const SECTIONS: Record<string, string> = {
  state: 'ticket.states',
  priority: 'priority',
  category: 'category',
  nature: 'nature',
  impact: 'impact',
  urgency: 'urgency',
};

export interface FieldText {
  fieldName(field: string): string;
  /** `value` of the field in words; a dash for an empty one. */
  valueText(field: string, value: string): string;
}

/** Names of a ticket's fields and of what they hold. */
export function useFieldText(): FieldText {
  const { name } = useNaming();
  return {
    fieldName: (field) => name('ticket.fields', field),
    valueText(field, value) {
      if (!value) return '—';
      const section = SECTIONS[field];
      return section ? name(section, value) : value;
    },
  };
}
