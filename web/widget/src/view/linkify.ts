import { h } from './dom';

/** Ends at white space, quotes, brackets and Chinese punctuation. */
const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef\u2018-\u201d（）]+/gi;
const TRAILING = /[.,;:!?)\]}]+$/;

/** `text` as nodes: addresses that begin with http(s) become links, all else stays text. */
export function linkify(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, '');
    if (!isWebAddress(address)) continue;
    nodes.push(text.slice(done, match.index), link(address));
    done = match.index + address.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((node) => node !== '');
}

function link(address: string): HTMLAnchorElement {
  const attributes = { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' };
  return h('a', attributes, address);
}

function isWebAddress(address: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
