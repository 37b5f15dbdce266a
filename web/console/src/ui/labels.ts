import { useI18n } from 'vue-i18n';

export interface Naming {
  /** The text under `section.key`, or `fallback` (else the key itself) when there is none. */
  name(section: string, key: string | null | undefined, fallback?: string): string;
  percent(share: number): string;
}

/** Names for keys that come from the desk, which may know keys this page does not. */
export function useNaming(): Naming {
  const { t, te, locale } = useI18n();
  return {
    name: (section, key, fallback) =>
      key && te(`${section}.${key}`) ? t(`${section}.${key}`) : (fallback ?? key ?? ''),
    percent: (share) => share.toLocaleString(locale.value, { style: 'percent' }),
  };
}
