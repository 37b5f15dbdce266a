import { expect, test } from 'vitest';
import en from '../src/i18n/en';
import zh from '../src/i18n/zh';

interface Texts {
  [key: string]: string | Texts;
}

/** `section.key` → the names that are filled in. */
function blanks(texts: Texts, path = ''): Map<string, string[]> {
  return new Map(
    Object.entries(texts).flatMap(([key, text]) =>
      typeof text === 'string'
        ? [[path + key, [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort()]]
        : [...blanks(text, `${path}${key}.`)],
    ),
  );
}

test('Chinese and English have the same texts with the same blanks', () => {
  expect(blanks(en)).toEqual(blanks(zh));
});
