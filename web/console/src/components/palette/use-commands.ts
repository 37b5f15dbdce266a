import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { PRESENCES } from '../../../../shared/api/people';
import { setLocale } from '../../i18n';
import { useAlerts } from '../../stores/alerts';
import { usePresence } from '../../stores/presence';
import { useSession } from '../../stores/session';
import { ElMessage } from '../../ui/element';
import { problemText } from '../../format/problem';
import { setTheme, THEMES } from '../../ui/theme';
import { setSound, soundOn } from '../notifications/sound';
import { PAGES } from '../shell/pages';
import type { Command } from './commands';

const PRESENCE_WORDS = {
  online: 'zaixian zx online',
  busy: 'manglu ml busy',
  break: 'xiaoxiu xx break',
  offline: 'lixian lx offline',
};
const THEME_WORDS = {
  system: 'waiguan wg theme system',
  light: 'waiguan wg qianse qs theme light',
  dark: 'waiguan wg shense ss theme dark',
};

/** Pages and actions of the palette, for whoever is signed in. */
export function useCommands(): ComputedRef<Command[]> {
  const { t, locale } = useI18n();
  const router = useRouter();
  const session = useSession();
  const own = usePresence();
  const alerts = useAlerts();

  const pages = computed<Command[]>(() =>
    PAGES.filter((page) => session.covers(page.role)).map((page) => ({
      id: `page:${page.name}`,
      group: 'page',
      title: t(`rail.pages.${page.name}`),
      words: page.words,
      run: () => void router.push(page.to),
    })),
  );

  const actions = computed<Command[]>(() => [
    ...PRESENCES.filter((each) => each !== own.presence).map((each) =>
      action(`presence:${each}`, t(`palette.presence.${each}`), PRESENCE_WORDS[each], () =>
        own.choose(each).catch((problem: unknown) => ElMessage.error(problemText(problem, t))),
      ),
    ),
    action('ticket', t('palette.newTicket'), 'xinjian xj gongdan gd new ticket', () =>
      router.push('/tickets?new=1'),
    ),
    action(
      'incident',
      t('incident.new'),
      'dengji dj shijian sj djsj report incident',
      () => (alerts.draft = {}),
    ),
    ...THEMES.map((each) =>
      action(`theme:${each}`, t(`palette.theme.${each}`), THEME_WORDS[each], () => setTheme(each)),
    ),
    action(
      'sound',
      t(soundOn.value ? 'palette.soundOff' : 'palette.soundOn'),
      'shengyin sy sound',
      () => setSound(!soundOn.value),
    ),
    locale.value === 'en'
      ? action('locale', '切换到简体中文', 'zhongwen zw chinese language', () => setLocale('zh-CN'))
      : action('locale', 'Switch to English', 'yingwen yw english language', () => setLocale('en')),
    action('leave', t('account.signOut'), 'tuichu tc sign out', () => session.signOut()),
  ]);

  return computed(() => [...pages.value, ...actions.value]);
}

function action(id: string, title: string, words: string, run: () => unknown): Command {
  return { id: `action:${id}`, group: 'action', title, words, run: () => void run() };
}
