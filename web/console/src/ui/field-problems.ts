/** What is wrong with a field is said in a sentence beside it, not in a bubble of the browser. */

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Translate = (key: string, named: Record<string, string>) => string;

const KINDS = [
  'badInput',
  'valueMissing',
  'typeMismatch',
  'patternMismatch',
  'tooShort',
  'rangeUnderflow',
  'rangeOverflow',
  'stepMismatch',
] as const;

let count = 0;
const sentences = new WeakMap<Field, HTMLElement>();

/** From here on for every field of the page; `t` knows `field.…`. */
export function sayFieldProblems(root: Document, t: Translate): void {
  root.addEventListener(
    'invalid',
    (event) => {
      const field = fieldOf(event.target);
      if (!field) return;
      event.preventDefault();
      say(field, sentenceOf(field, t));
      // as the browser would: the first one that is wrong
      const fields = [...(field.form?.elements ?? [])].filter((each) => fieldOf(each));
      if (fields.find((each) => !(each as Field).validity.valid) === field) field.focus();
    },
    true,
  );
  root.addEventListener('change', (event) => fieldOf(event.target)?.checkValidity());
  root.addEventListener('input', (event) => {
    const field = fieldOf(event.target);
    if (field && sentences.has(field) && field.validity.valid) clear(field);
  });
}

function fieldOf(target: EventTarget | null): Field | null {
  const is =
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement;
  return is ? target : null;
}

function sentenceOf(field: Field, t: Translate): string {
  const kind = KINDS.find((each) => field.validity[each]) ?? 'patternMismatch';
  if (kind === 'patternMismatch' && field.title) return field.title;
  const of = (name: string): string => field.getAttribute(name) ?? '';
  return t(`field.${kind}`, { min: of('min'), max: of('max'), least: of('minlength') });
}

function say(field: Field, text: string): void {
  const known = sentences.get(field);
  const sentence = known ?? document.createElement('span');
  sentence.textContent = text;
  if (known) return;
  sentence.id = `field-problem-${(count += 1)}`;
  sentence.className = 'problem small field-problem';
  sentence.setAttribute('role', 'alert');
  sentences.set(field, sentence);
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', sentence.id);
  // in a column below the field, else after the label that the field stands in
  const beside = field.closest('label.field') ? field : (field.closest('label') ?? field);
  beside.after(sentence);
}

function clear(field: Field): void {
  sentences.get(field)?.remove();
  sentences.delete(field);
  field.removeAttribute('aria-invalid');
  field.removeAttribute('aria-describedby');
}
