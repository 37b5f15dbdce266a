import type {
  AccountCheck,
  AccountForm,
  AccountKind,
  AccountList,
  SavedAccount,
} from '../../../shared/api/channels';
import type { Request } from './http';

const ACCOUNTS = '/channels/accounts';

/** Accounts of WeChat, for admins. */
export class ChannelsApi {
  constructor(private readonly request: Request) {}

  all(): Promise<AccountList> {
    return this.request(ACCOUNTS);
  }

  add(key: string, kind: AccountKind, form: AccountForm): Promise<SavedAccount> {
    return this.request(ACCOUNTS, { method: 'POST', body: { ...form, key, kind } });
  }

  change(key: string, version: number, form: AccountForm): Promise<SavedAccount> {
    return this.request(`${ACCOUNTS}/${key}`, { method: 'PUT', body: { ...form, version } });
  }

  check(key: string): Promise<AccountCheck> {
    return this.request(`${ACCOUNTS}/${key}/check`, { method: 'POST' });
  }
}
