import type { MenuItem, MenuLeaf } from '../../../../shared/api/channels';

/** WeChat's limits of the bar below a conversation; lengths in bytes of UTF-8. */
export const MOST_ITEMS = 3;
export const MOST_BELOW = 5;
export const LONGEST_NAME = 16;
export const LONGEST_NAME_BELOW = 60;
export const LONGEST_TEXT = 128;

/** What a tap does. */
export type Deed = 'text' | 'url' | 'items';

/** An item while it is edited: what is not chosen is kept, so that nothing is lost by a look. */
export interface MenuDraft {
  name: string;
  does: Deed;
  text: string;
  url: string;
  items: MenuDraft[];
}

export function blankItem(): MenuDraft {
  return { name: '', does: 'text', text: '', url: '', items: [] };
}

export function draftOfMenu(menu: readonly MenuItem[]): MenuDraft[] {
  return menu
    .map((item) => ({ ...draftOfLeaf(item), items: item.items.map(draftOfLeaf) }))
    .map((item) => (item.items.length > 0 ? { ...item, does: 'items' } : item));
}

export function menuOfDraft(menu: readonly MenuDraft[]): MenuItem[] {
  return menu.map((item) => ({
    ...leafOf(item),
    items: item.does === 'items' ? item.items.map(leafOf) : [],
  }));
}

export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

export type MenuProblem = 'name' | 'nameLong' | 'text' | 'textLong' | 'url' | 'items';

/** What WeChat or the desk would refuse of one item, apart from what is below it. */
export function problemOfItem(item: MenuDraft, below: boolean): MenuProblem | null {
  if (!item.name.trim()) return 'name';
  if (bytes(item.name.trim()) > (below ? LONGEST_NAME_BELOW : LONGEST_NAME)) return 'nameLong';
  if (item.does === 'items') return item.items.length > 0 ? null : 'items';
  if (item.does === 'url') return isAddress(item.url) ? null : 'url';
  if (!item.text.trim()) return 'text';
  return bytes(item.text.trim()) > LONGEST_TEXT ? 'textLong' : null;
}

export function menuFits(menu: readonly MenuDraft[]): boolean {
  return menu.every(
    (item) =>
      problemOfItem(item, false) === null &&
      (item.does !== 'items' || item.items.every((each) => problemOfItem(each, true) === null)),
  );
}

export function isAddress(text: string): boolean {
  return /^https?:\/\/\S/i.test(text.trim()) && URL.canParse(text.trim());
}

function draftOfLeaf(leaf: MenuLeaf): MenuDraft {
  return {
    name: leaf.name,
    does: leaf.url === null ? 'text' : 'url',
    text: leaf.text ?? '',
    url: leaf.url ?? '',
    items: [],
  };
}

function leafOf(item: MenuDraft): MenuLeaf {
  return {
    name: item.name.trim(),
    text: item.does === 'text' ? item.text.trim() : null,
    url: item.does === 'url' ? item.url.trim() : null,
  };
}
