import type { Button } from '../../../../shared/api';
import type {
  Account,
  AccountForm,
  AccountKind,
  AccountMode,
  AccountSecret,
  SubscriptionTemplate,
} from '../../../../shared/api/channels';
import { ACCOUNT_SECRETS } from '../../../../shared/api/channels';
import { draftOfMenu, isAddress, menuFits, menuOfDraft, type MenuDraft } from './menu';

export const MOST_BUTTONS = 10;
export const MOST_FIELDS = 10;
/** Letters of a key that is made here: WeChat takes no other signs. */
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The last letter of an EncodingAESKey stands for four bits; those that leave the others 0. */
const LAST_SIGNS = 'AEIMQUYcgkosw048';
const TOKEN_LENGTH = 32;
const AES_KEY_LENGTH = 43;

export interface SubscriptionDraft {
  on: boolean;
  template_id: string;
  page: string;
  fields: { name: string; text: string }[];
}

/** An account while it is edited; empty secrets stay as they are. */
export interface AccountDraft extends Record<AccountSecret, string> {
  key: string;
  kind: AccountKind;
  display_name: string;
  app_id: string;
  open_kfid: string;
  mode: AccountMode;
  enabled: boolean;
  greeting: string;
  buttons: Button[];
  menu: MenuDraft[];
  typing: boolean;
  survey: boolean;
  media: boolean;
  subscription: SubscriptionDraft;
}

export function blankAccount(): AccountDraft {
  return {
    key: '',
    kind: 'official',
    display_name: '',
    app_id: '',
    open_kfid: '',
    mode: 'safe',
    enabled: true,
    secret: '',
    token: '',
    aes_key: '',
    greeting: '',
    buttons: [],
    menu: [],
    typing: true,
    survey: true,
    media: true,
    subscription: draftOfSubscription(null),
  };
}

export function draftOf(account: Account): AccountDraft {
  const { switches } = account;
  return {
    ...blankAccount(),
    key: account.key,
    kind: account.kind,
    display_name: account.display_name,
    app_id: account.app_id,
    open_kfid: account.open_kfid ?? '',
    mode: account.mode,
    enabled: account.enabled,
    greeting: switches.greeting,
    buttons: switches.greeting_buttons.map((button) => ({ ...button })),
    menu: draftOfMenu(switches.menu),
    typing: switches.typing,
    survey: switches.survey,
    media: switches.media,
    subscription: draftOfSubscription(switches.subscription),
  };
}

/** What is sent to the desk. Menu and reminder belong to official accounts alone. */
export function formOf(draft: AccountDraft): AccountForm {
  const official = draft.kind === 'official';
  const secrets = ACCOUNT_SECRETS.filter((name) => draft[name].trim());
  return {
    display_name: draft.display_name.trim(),
    app_id: draft.app_id.trim(),
    open_kfid: official ? null : draft.open_kfid.trim() || null,
    mode: official ? draft.mode : 'safe',
    enabled: draft.enabled,
    switches: {
      greeting: draft.greeting.trim(),
      greeting_buttons: draft.buttons.map(({ title, text }) => ({
        title: title.trim(),
        text: text.trim() || title.trim(),
      })),
      menu: official ? menuOfDraft(draft.menu) : [],
      typing: draft.typing,
      survey: draft.survey,
      media: draft.media,
      subscription: official ? subscriptionOf(draft.subscription) : null,
    },
    ...Object.fromEntries(secrets.map((name) => [name, draft[name].trim()])),
  };
}

export function changed(draft: AccountDraft, before: AccountDraft): boolean {
  const whole = (each: AccountDraft): string => JSON.stringify([each.key, each.kind, formOf(each)]);
  return whole(draft) !== whole(before);
}

export type AccountField =
  | 'key'
  | 'display_name'
  | 'app_id'
  | 'open_kfid'
  | AccountSecret
  | 'buttons'
  | 'menu'
  | 'template_id'
  | 'page'
  | 'fields';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const SHAPES: Record<AccountSecret, RegExp> = {
  secret: /^[\x21-\x7e]{8,256}$/,
  token: /^[A-Za-z0-9]{3,32}$/,
  aes_key: /^[A-Za-z0-9+/]{43}$/,
};

/** The fields that cannot be saved as they are, in the order of the page. */
export function problemsOf(
  draft: AccountDraft,
  known: Readonly<Record<AccountSecret, boolean>>,
): AccountField[] {
  const found: AccountField[] = [];
  const official = draft.kind === 'official';
  if (!draft.display_name.trim()) found.push('display_name');
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(draft.key)) found.push('key');
  if (!ID.test(draft.app_id.trim())) found.push('app_id');
  if (!official && !ID.test(draft.open_kfid.trim())) found.push('open_kfid');
  for (const name of ACCOUNT_SECRETS) {
    const text = draft[name].trim();
    const needed = !known[name] && (name !== 'aes_key' || !official || draft.mode !== 'plain');
    if (text ? !SHAPES[name].test(text) : needed) found.push(name);
  }
  if (draft.buttons.some((button) => !button.title.trim())) found.push('buttons');
  if (official && !menuFits(draft.menu)) found.push('menu');
  if (official && draft.subscription.on) found.push(...problemsOfSubscription(draft.subscription));
  return found;
}

/** A callback token or EncodingAESKey that WeChat takes too. */
export function madeSecret(kind: 'token' | 'aes_key', random: (below: number) => number): string {
  const pick = (signs: string): string => signs.charAt(random(signs.length));
  const length = kind === 'token' ? TOKEN_LENGTH : AES_KEY_LENGTH - 1;
  const made = Array.from({ length }, () => pick(SIGNS)).join('');
  return kind === 'token' ? made : made + pick(LAST_SIGNS);
}

/** A whole number from 0 up to `below`, each as likely, for secrets. */
export function secureRandom(below: number): number {
  const limit = Math.floor(256 / below) * below;
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while ((byte[0] ?? 0) >= limit);
  return (byte[0] ?? 0) % below;
}

/** WeChat calls from outside and knows no other ports. */
export function reachable(callback: string): boolean {
  if (!URL.canParse(callback)) return false;
  const { hostname, port } = new URL(callback);
  const inside = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/;
  return !inside.test(hostname) && ['', '80', '443'].includes(port);
}

function problemsOfSubscription(draft: SubscriptionDraft): AccountField[] {
  const found: AccountField[] = [];
  const names = draft.fields.map((field) => field.name.trim());
  const fit =
    names.length > 0 &&
    new Set(names).size === names.length &&
    names.every((name) => /^[a-z_]{1,30}\d{0,3}$/.test(name)) &&
    draft.fields.every((field) => field.text.trim());
  if (!ID.test(draft.template_id.trim())) found.push('template_id');
  if (draft.page.trim() && !isAddress(draft.page)) found.push('page');
  if (!fit) found.push('fields');
  return found;
}

function draftOfSubscription(template: SubscriptionTemplate | null): SubscriptionDraft {
  return {
    on: template !== null,
    template_id: template?.template_id ?? '',
    page: template?.page ?? '',
    fields: Object.entries(template?.fields ?? {}).map(([name, text]) => ({ name, text })),
  };
}

function subscriptionOf(draft: SubscriptionDraft): SubscriptionTemplate | null {
  if (!draft.on) return null;
  return {
    template_id: draft.template_id.trim(),
    page: draft.page.trim() || null,
    fields: Object.fromEntries(draft.fields.map((field) => [field.name.trim(), field.text.trim()])),
  };
}
