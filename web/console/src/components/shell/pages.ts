import type { Role } from '../../../../shared/api';

export interface PageEntry {
  /** Its icon, its text under `rail.pages`, and its count. */
  name:
    | 'desk'
    | 'tickets'
    | 'customers'
    | 'appointments'
    | 'follow-ups'
    | 'knowledge'
    | 'material'
    | 'wall'
    | 'alerts'
    | 'review'
    | 'training'
    | 'audit'
    | 'settings';
  to: string;
  /** Routes that belong to it. */
  routes: readonly string[];
  role: Role;
  /** What it is found by besides its title: pinyin, its initials, English. */
  words: string;
}

/** The pages of the console in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  page('desk', '/desk/mine', 'agent', 'huihua hh gongzuotai gzt conversations desk inbox'),
  page('tickets', '/tickets', 'agent', 'gongdan gd tickets'),
  page('customers', '/customers', 'agent', 'kehu kh customers', ['customer']),
  page('appointments', '/appointments', 'agent', 'yuyue yy appointments visits'),
  page('follow-ups', '/follow-ups', 'agent', 'huifang hf follow-ups'),
  page('knowledge', '/knowledge', 'agent', 'zhishi zs knowledge answers'),
  page(
    'material',
    '/material/intents',
    'supervisor',
    'xuexi xx ziliao zl yitu material intents words',
  ),
  page('review', '/review', 'supervisor', 'fuhe fh review corrections', ['clusters']),
  page('training', '/training', 'supervisor', 'xunlian xl banben bb training releases models', [
    'release',
  ]),
  page('wall', '/wall', 'supervisor', 'jiankong jk daping dp wall monitor'),
  page('alerts', '/alerts', 'agent', 'gaojing gj shijian sj alerts incidents', ['incidents']),
  page('audit', '/audit', 'supervisor', 'shenji sj audit log'),
  page('settings', '/settings', 'supervisor', 'shezhi sz settings'),
];

function page(
  name: PageEntry['name'],
  to: string,
  role: Role,
  words: string,
  more: readonly string[] = [],
): PageEntry {
  return { name, to, routes: [name, ...more], role, words };
}
