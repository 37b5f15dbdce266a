import { createI18n } from 'vue-i18n';
import { remembered, remember } from '../ui/remember';
import en from './en';
import zh from './zh';

export const LOCALES = { 'zh-CN': '简体中文', en: 'English' } as const;
export type Locale = keyof typeof LOCALES;

const KEY = 'fenzhen:console:locale';

export const i18n = createI18n({
  legacy: false,
  locale: remembered<Locale>(KEY, Object.keys(LOCALES) as Locale[], 'zh-CN'),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
  missingWarn: false,
  fallbackWarn: false,
});

export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  remember(KEY, locale);
  document.documentElement.lang = locale;
}

/** `Accept-Language` for the desk. */
export function language(): string {
  return i18n.global.locale.value;
}
