import { expect, test } from 'vitest';
import { i18n } from '../src/i18n';

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
  const texts = (locale: 'zh-CN' | 'en'): Texts => i18n.global.getLocaleMessage(locale) as Texts;
  expect(blanks(texts('en'))).toEqual(blanks(texts('zh-CN')));
});

const locales = ['zh-CN', 'en'] as const;

test.each(locales)('every text in %s can be shown', (locale) => {
  const paths = [...blanks(i18n.global.getLocaleMessage(locale) as Texts)];
  const shown = paths.map(([path, names]) => {
    const filled = Object.fromEntries(names.map((name) => [name, '…']));
    return i18n.global.t(path, filled, { locale });
  });
  expect(shown.filter((text) => /[{}]/.test(text))).toEqual([]);
});

test('every text that a page asks for by its whole name is there', () => {
  const sources = import.meta.glob<string>('../src/**/*.{vue,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const asked = Object.values(sources).flatMap((source) =>
    [...source.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''),
  );
  expect(asked.length).toBeGreaterThan(100);
  expect([...new Set(asked)].filter((path) => !i18n.global.te(path))).toEqual([]);
});
