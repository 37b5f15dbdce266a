/** Accounts of WeChat (`api/channels/wechat/schemas.py`). */
import type { Button } from '../api';

export const ACCOUNT_KINDS = ['official', 'kf'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

export const ACCOUNT_MODES = ['safe', 'compatible', 'plain'] as const;
export type AccountMode = (typeof ACCOUNT_MODES)[number];

export const ACCOUNT_SECRETS = ['secret', 'token', 'aes_key'] as const;
/** What is written and never shown. */
export type AccountSecret = (typeof ACCOUNT_SECRETS)[number];

/** An item of the menu: a tap says `text`, or opens `url`. */
export interface MenuLeaf {
  name: string;
  text: string | null;
  url: string | null;
}

/** An item of the bar: it does something itself, or opens `items`. */
export interface MenuItem extends MenuLeaf {
  items: MenuLeaf[];
}

export interface SubscriptionTemplate {
  template_id: string;
  page: string | null;
  /** Name in the template → words, with `{shop}` and `{time}` filled in. */
  fields: Record<string, string>;
}

export interface AccountSwitches {
  greeting: string;
  greeting_buttons: Button[];
  menu: MenuItem[];
  typing: boolean;
  survey: boolean;
  media: boolean;
  subscription: SubscriptionTemplate | null;
}

/** One thing that was looked at; `text` says what is wrong and where it is put right. */
export interface CheckStep {
  key: string;
  state: 'ok' | 'wrong' | 'unknown';
  text: string;
  errcode: number | null;
  /** The address of the desk as WeChat sees it. */
  address: string | null;
}

export interface AccountCheck {
  /** Nothing is wrong; some things may be unknown. */
  ok: boolean;
  steps: CheckStep[];
}

/** What can be set of an account; secrets that are left out stay. */
export interface AccountForm extends Partial<Record<AccountSecret, string>> {
  display_name: string;
  app_id: string;
  open_kfid: string | null;
  mode: AccountMode;
  switches: AccountSwitches;
  enabled: boolean;
}

export interface Account extends Omit<AccountForm, AccountSecret> {
  id: string;
  key: string;
  kind: AccountKind;
  /** Which secrets are known. */
  secrets: Record<AccountSecret, boolean>;
  callback_url: string;
  /** When the last genuine callback came. */
  called_at: string | null;
  callback: CheckStep;
  version: number;
  created_at: string;
}

/** `menu`: how publishing the menu ended; null when none was due. */
export interface SavedAccount extends Account {
  menu: CheckStep | null;
}

export interface AccountList {
  items: Account[];
  /** What every callback address begins with. */
  callback_base: string;
}
