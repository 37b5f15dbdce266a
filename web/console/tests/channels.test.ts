import { expect, test } from 'vitest';
import type { Account, AccountForm, SavedAccount } from '../../shared/api/channels';
import {
  blankAccount,
  changed,
  draftOf,
  formOf,
  madeSecret,
  problemsOf,
  reachable,
  secureRandom,
  type AccountDraft,
} from '../src/components/channels/account';
import {
  blankItem,
  draftOfMenu,
  menuFits,
  menuOfDraft,
  problemOfItem,
} from '../src/components/channels/menu';
import { NEW, useChannels } from '../src/stores/channels';
import { withServer } from './shell-fakes';

const KNOWN = { secret: true, token: true, aes_key: true };
const NONE = { secret: false, token: false, aes_key: false };
const OK = { key: 'callback', state: 'ok' as const, text: '', errcode: null, address: null };

function account(change: Partial<Account> = {}): Account {
  return {
    id: 'a1',
    key: 'shop',
    kind: 'official',
    display_name: '云杉商城',
    app_id: 'wx0123456789abcdef',
    open_kfid: null,
    mode: 'safe',
    enabled: true,
    switches: {
      greeting: '您好',
      greeting_buttons: [{ title: '查物流', text: '我的快递到哪了' }],
      menu: [
        { name: '找客服', text: '转人工', url: null, items: [] },
        {
          name: '订单',
          text: null,
          url: null,
          items: [{ name: '商城', text: null, url: 'https://shop.test/' }],
        },
      ],
      typing: true,
      survey: true,
      media: false,
      subscription: { template_id: 'tpl', page: null, fields: { thing1: '{shop}给您回复了' } },
    },
    secrets: KNOWN,
    callback_url: 'https://desk.test/channels/wechat/shop',
    called_at: null,
    callback: OK,
    version: 3,
    created_at: '2025-01-18T08:00:00Z',
    ...change,
  };
}

function whole(change: Partial<AccountDraft> = {}): AccountDraft {
  return { ...draftOf(account()), ...change };
}

test('an account that was only looked at is sent as it is, without secrets', () => {
  const before = account();
  const {
    key,
    kind,
    id,
    secrets,
    callback_url,
    called_at,
    callback,
    version,
    created_at,
    ...form
  } = before;
  expect(formOf(draftOf(before))).toEqual(form);
  expect([
    key,
    kind,
    id,
    secrets,
    callback_url,
    called_at,
    callback,
    version,
    created_at,
  ]).toHaveLength(9);
  expect(changed(draftOf(before), draftOf(before))).toBe(false);
});

test('what is written as a secret is a change and is sent', () => {
  const draft = whole({ token: ' newtoken1 ' });
  expect(changed(draft, draftOf(account()))).toBe(true);
  expect(formOf(draft).token).toBe('newtoken1');
  expect(formOf(draft)).not.toHaveProperty('secret');
});

test('menu, reminder and mode belong to official accounts alone', () => {
  const form = formOf(whole({ kind: 'kf', open_kfid: 'wk1', mode: 'plain' }));
  expect([form.mode, form.open_kfid]).toEqual(['safe', 'wk1']);
  expect([form.switches.menu, form.switches.subscription]).toEqual([[], null]);
});

test('a button without words of its own says its title', () => {
  const form = formOf(whole({ buttons: [{ title: '转人工', text: '' }] }));
  expect(form.switches.greeting_buttons).toEqual([{ title: '转人工', text: '转人工' }]);
});

test('a blank account lacks everything it needs, in the order of the page', () => {
  expect(problemsOf(blankAccount(), NONE)).toEqual([
    'display_name',
    'key',
    'app_id',
    'secret',
    'token',
    'aes_key',
  ]);
});

test('known secrets may stay empty, and plain mode needs no key', () => {
  expect(problemsOf(whole(), KNOWN)).toEqual([]);
  expect(problemsOf(whole({ mode: 'plain' }), { ...KNOWN, aes_key: false })).toEqual([]);
  expect(problemsOf(whole({ kind: 'kf', mode: 'plain' }), { ...KNOWN, aes_key: false })).toEqual([
    'open_kfid',
    'aes_key',
  ]);
});

test.each([
  ['token', 'ab'],
  ['token', 'not-a-token'],
  ['aes_key', 'A'.repeat(42)],
  ['secret', 'has space'],
  ['key', 'Shop'],
] as const)('%s cannot be %s', (field, text) => {
  expect(problemsOf(whole({ [field]: text }), KNOWN)).toEqual([field]);
});

test('a reminder needs a template and fields with names that differ', () => {
  const subscription = { on: true, template_id: '', page: 'nowhere', fields: [] };
  expect(problemsOf(whole({ subscription }), KNOWN)).toEqual(['template_id', 'page', 'fields']);
  const twice = [
    { name: 'thing1', text: '一' },
    { name: 'thing1', text: '二' },
  ];
  const again = { on: true, template_id: 'tpl', page: '', fields: twice };
  expect(problemsOf(whole({ subscription: again }), KNOWN)).toEqual(['fields']);
  expect(problemsOf(whole({ subscription: { ...again, on: false } }), KNOWN)).toEqual([]);
});

test('made secrets are what WeChat takes, and differ', () => {
  const keys = Array.from({ length: 50 }, () => madeSecret('aes_key', secureRandom));
  expect(new Set(keys).size).toBe(50);
  expect(keys.every((key) => /^[A-Za-z0-9]{42}[AEIMQUYcgkosw048]$/.test(key))).toBe(true);
  expect(keys.every((key) => btoa(atob(`${key}=`)) === `${key}=`)).toBe(true);
  expect(madeSecret('token', secureRandom)).toMatch(/^[A-Za-z0-9]{32}$/);
});

test.each([
  ['https://help.shop.cn/channels/wechat/a', true],
  ['http://help.shop.cn/channels/wechat/a', true],
  ['http://help.shop.cn:8000/channels/wechat/a', false],
  ['http://127.0.0.1/channels/wechat/a', false],
  ['http://192.168.1.5/channels/wechat/a', false],
  ['', false],
])('WeChat reaches %s: %s', (address, expected) => expect(reachable(address)).toBe(expected));

test('a menu that was read is written the same', () => {
  const { menu } = account().switches;
  expect(menuOfDraft(draftOfMenu(menu))).toEqual(menu);
});

test('what was chosen before does not go along', () => {
  const item = {
    ...blankItem(),
    name: '订单',
    does: 'url' as const,
    text: '旧',
    url: 'https://a.cn',
  };
  expect(menuOfDraft([{ ...item, items: [blankItem()] }])).toEqual([
    { name: '订单', text: null, url: 'https://a.cn', items: [] },
  ]);
});

test('names are measured in bytes, and those below may be longer', () => {
  const item = { ...blankItem(), text: '转人工' };
  expect(problemOfItem({ ...item, name: '五个汉字呢' }, false)).toBeNull();
  expect(problemOfItem({ ...item, name: '六个汉字太长' }, false)).toBe('nameLong');
  expect(problemOfItem({ ...item, name: '六个汉字太长' }, true)).toBeNull();
  expect(problemOfItem({ ...item, name: '汉'.repeat(21) }, true)).toBe('nameLong');
});

test('each item does something that can be done', () => {
  const named = { ...blankItem(), name: '订单' };
  expect(problemOfItem(named, false)).toBe('text');
  expect(problemOfItem({ ...named, text: '汉'.repeat(43) }, false)).toBe('textLong');
  expect(problemOfItem({ ...named, does: 'url', url: 'shop.cn' }, false)).toBe('url');
  expect(problemOfItem({ ...named, does: 'items' }, false)).toBe('items');
  expect(menuFits([{ ...named, does: 'items', items: [named] }])).toBe(false);
  expect(menuFits([{ ...named, does: 'items', items: [{ ...named, text: '好' }] }])).toBe(true);
});

function saved(change: Partial<Account>): SavedAccount {
  return { ...account(change), menu: null };
}

test('saving shows what the desk has kept, and forgets the secrets', async () => {
  const sent: unknown[] = [];
  withServer()
    .on('GET /channels/accounts', () => ({ items: [account()], callback_base: 'https://a/' }))
    .on('PUT /channels/accounts/shop', ({ body }) => {
      sent.push(body);
      return saved({ display_name: (body as AccountForm).display_name, version: 4 });
    });
  const channels = useChannels();
  await channels.load();
  channels.choose('shop');
  channels.draft.display_name = '云杉';
  channels.draft.token = 'newtoken1';
  expect(channels.dirty).toBe(true);
  await channels.save();
  expect(sent).toMatchObject([{ version: 3, display_name: '云杉', token: 'newtoken1' }]);
  expect([channels.dirty, channels.draft.token]).toEqual([false, '']);
  expect(channels.account?.version).toBe(4);
});

test('a refused account keeps what was written, and looking anew does not take it away', async () => {
  let version = 3;
  withServer()
    .on('GET /channels/accounts', () => ({
      items: [account({ version: version++ })],
      callback_base: 'https://a/',
    }))
    .on('PUT /channels/accounts/shop', () => {
      throw new Error('refused');
    });
  const channels = useChannels();
  await channels.load();
  channels.choose('shop');
  channels.draft.menu[0]!.name = '人工';
  await expect(channels.save()).rejects.toThrow('refused');
  await channels.refresh();
  expect(channels.draft.menu[0]?.name).toBe('人工');
  expect(channels.account?.version).toBe(3);
  channels.undo();
  expect([channels.draft.menu[0]?.name, channels.dirty]).toEqual(['找客服', false]);
  await channels.refresh();
  expect(channels.account?.version).toBe(5);
});

test('a new account shows where WeChat will call before it is saved', async () => {
  const server = withServer()
    .on('GET /channels/accounts', () => ({ items: [], callback_base: 'https://a/wechat/' }))
    .on('POST /channels/accounts', ({ body }) => saved({ key: (body as { key: string }).key }))
    .on('POST /channels/accounts/new-shop/check', () => ({ ok: true, steps: [OK] }));
  const channels = useChannels();
  await channels.load();
  channels.choose(NEW);
  expect(channels.dirty).toBe(false);
  channels.draft.key = 'new-shop';
  expect(channels.callback).toBe('https://a/wechat/new-shop');
  await channels.save();
  await channels.check();
  expect(channels.checks['new-shop']?.ok).toBe(true);
  expect(server.asked).toContain('POST /channels/accounts/new-shop/check');
});
