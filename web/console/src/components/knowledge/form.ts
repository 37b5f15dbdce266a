import type { Button } from '../../../../shared/api';
import type {
  AnswerChannel,
  EntryContent,
  KnowledgeEntry,
  Variants,
} from '../../../../shared/api/knowledge';
import { momentAt, wallTime } from '../../format/zone';

/** An entry as it is written in fields: none is null, times are those of the desk's clock. */
export interface EntryForm {
  category: string;
  question: string;
  questions: string[];
  answer: string;
  buttons: Button[];
  variants: Variants;
  task: string;
  valid_from: string;
  valid_to: string;
  owner_id: string;
  review_on: string;
  active: boolean;
}

/** What the desk takes (api/knowledge/content.py). */
export const LIMITS = {
  question: 200,
  questions: 500,
  answer: 4000,
  buttons: 5,
  title: 20,
} as const;
export const ANSWER_CHANNELS: readonly AnswerChannel[] = ['web', 'wechat', 'wechat_kf'];

export function blankContent(): EntryContent {
  return {
    category: '',
    question: '',
    questions: [],
    answer: '',
    buttons: [],
    variants: {},
    task: null,
    valid_from: null,
    valid_to: null,
    owner_id: null,
    review_on: null,
    active: true,
  };
}

/** What an entry says, without what the desk knows of it. */
export function contentOf(entry: KnowledgeEntry): EntryContent {
  const { question, questions, answer, buttons, variants, task } = entry;
  const { valid_from, valid_to, review_on, active } = entry;
  return {
    category: entry.category.key,
    question,
    questions,
    answer,
    buttons,
    variants,
    task,
    valid_from,
    valid_to,
    owner_id: entry.owner?.id ?? null,
    review_on,
    active,
  };
}

export function formOf(content: EntryContent): EntryForm {
  return {
    ...content,
    questions: [...content.questions],
    buttons: content.buttons.map((each) => ({ ...each })),
    variants: { ...content.variants },
    task: content.task ?? '',
    valid_from: localTime(content.valid_from),
    valid_to: localTime(content.valid_to),
    owner_id: content.owner_id ?? '',
    review_on: content.review_on ?? '',
  };
}

/** What is sent; a time that was not touched stays exact to the second, as it was in `before`. */
export function filledIn(form: EntryForm, before: EntryContent): EntryContent {
  const time = (name: 'valid_from' | 'valid_to'): string | null =>
    form[name] === localTime(before[name])
      ? before[name]
      : new Date(momentAt(form[name])).toISOString();
  return {
    category: form.category,
    question: form.question.trim(),
    questions: form.questions,
    answer: form.answer.trim(),
    buttons: form.buttons
      .map(({ title, text }) => ({ title: title.trim(), text: text.trim() || title.trim() }))
      .filter(({ title }) => title !== ''),
    variants: Object.fromEntries(
      Object.entries(form.variants).filter(([, text]) => text.trim() !== ''),
    ),
    task: form.task || null,
    valid_from: form.valid_from ? time('valid_from') : null,
    valid_to: form.valid_to ? time('valid_to') : null,
    owner_id: form.owner_id || null,
    review_on: form.review_on || null,
    active: form.active,
  };
}

export type FormProblem =
  'category' | 'question' | 'answer' | 'valid_to' | 'button' | 'tooManyQuestions';

/** What has to be put right before it can be saved, in the order of the page. */
export function problemsOf(form: EntryForm): FormProblem[] {
  const wrong: Record<FormProblem, boolean> = {
    category: form.category === '',
    question: form.question.trim() === '',
    answer: form.answer.trim() === '',
    tooManyQuestions: form.questions.length > LIMITS.questions,
    button: form.buttons.some(({ title, text }) => title.trim() === '' && text.trim() !== ''),
    valid_to: form.valid_from !== '' && form.valid_to !== '' && form.valid_from >= form.valid_to,
  };
  return (Object.keys(wrong) as FormProblem[]).filter((each) => wrong[each]);
}

/** Whether the fields say something else than `before`. */
export function differs(form: EntryForm, before: EntryContent): boolean {
  return JSON.stringify(sorted(formOf(before))) !== JSON.stringify(sorted(form));
}

/** With keys in a fixed order, and questions too: theirs means nothing. */
function sorted(form: EntryForm): unknown {
  const fields = { ...form, questions: [...form.questions].sort() };
  const variants = Object.entries(form.variants).filter(([, text]) => text !== '');
  return Object.entries({ ...fields, variants: variants.sort() }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
}

/** A moment as `<input type="datetime-local">` has it, to the minute. */
export function localTime(iso: string | null): string {
  return iso === null ? '' : wallTime(iso);
}

const MARK = /^\s*(?:[-*•·]\s+|\d{1,3}(?:[、)）]|\.(?!\d))\s*)?/;

/** Lines that were pasted or typed, without the marks of a list. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(MARK, '').replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

export interface Joined {
  questions: string[];
  added: number;
  /** They were there. */
  known: number;
  /** They have too many characters, and are left out. */
  long: string[];
}

/** Further wordings of `form`, each once. */
export function withQuestions(form: EntryForm, lines: readonly string[]): Joined {
  const there = new Set([form.question.trim(), ...form.questions]);
  const long = lines.filter((line) => line.length > LIMITS.question);
  const fit = [...new Set(lines)].filter((line) => line.length <= LIMITS.question);
  const fresh = fit.filter((line) => !there.has(line));
  return {
    questions: [...fresh, ...form.questions],
    added: fresh.length,
    known: lines.length - long.length - fresh.length,
    long,
  };
}
