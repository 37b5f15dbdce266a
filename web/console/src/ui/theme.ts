import { ref, watchEffect } from 'vue';
import { remember, remembered } from './remember';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'fenzhen:console:theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

export const theme = ref<Theme>(remembered(KEY, THEMES, 'system'));
const dark = ref(systemDark.matches);

export function setTheme(next: Theme): void {
  theme.value = next;
  remember(KEY, next);
}

/** Keep `<html>` in the chosen colours. */
export function followTheme(): void {
  systemDark.addEventListener('change', () => (dark.value = systemDark.matches));
  watchEffect(() => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && dark.value);
    document.documentElement.classList.toggle('dark', isDark);
  });
}
