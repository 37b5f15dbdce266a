/**
 * The Markdown of answers (api/knowledge/markup.py): **bold**, [links](https://…), lists and
 * pictures of the knowledge base; all else is text as it stands. What is read here is shown with
 * elements, never as markup.
 */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold'; inside: Inline[] }
  | { kind: 'link'; inside: Inline[]; href: string }
  | { kind: 'picture'; shows: string; id: string };

export type Block =
  | { kind: 'text'; inside: Inline[] }
  /** One entry a line. */
  | { kind: 'list'; items: Inline[][] };

const ID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const PICTURE = `!\\[(?<shows>[^\\]\\n]*)\\]\\(attachment:(?<id>${ID})\\)`;
// no look-behind: Safari knows it from 16.4 on only, and older ones would not run the script at all
const LINK =
  '(?<mark>!?)\\[(?<words>[^\\]\\n]+)\\]\\((?<address>(?:https?://|tel:|mailto:)[^\\s()]+)\\)';
const BOLD = '\\*\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*\\*';
const ANYTHING = new RegExp([PICTURE, LINK, BOLD].join('|'), 'g');
const BOLD_ONLY = new RegExp(BOLD, 'g');
const BULLET = /^[ \t]*[-*][ \t]+(?=\S)/;

/** An answer, piece by piece. */
export function blocksOf(answer: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) blocks.push({ kind: 'text', inside: inlinesOf(lines.join('\n')) });
    lines = [];
  };
  for (const line of answer.split('\n')) {
    const bullet = BULLET.exec(line);
    if (!bullet) {
      lines.push(line);
      continue;
    }
    flush();
    const item = inlinesOf(line.slice(bullet[0].length));
    const last = blocks.at(-1);
    if (last?.kind === 'list') last.items.push(item);
    else blocks.push({ kind: 'list', items: [item] });
  }
  flush();
  return blocks;
}

function inlinesOf(text: string, known = ANYTHING): Inline[] {
  const found: Inline[] = [];
  let done = 0;
  const say = (end: number): void => {
    if (end > done) found.push({ kind: 'text', text: text.slice(done, end) });
  };
  for (const match of text.matchAll(known)) {
    say(match.index);
    found.push(...pieceOf(match));
    done = match.index + match[0].length;
  }
  say(text.length);
  return found;
}

function pieceOf({ 0: whole, groups = {} }: RegExpMatchArray): Inline[] {
  if (groups['id'] !== undefined) {
    return [{ kind: 'picture', shows: (groups['shows'] ?? '').trim(), id: groups['id'] }];
  }
  if (groups['bold'] !== undefined) return [{ kind: 'bold', inside: inlinesOf(groups['bold']) }];
  const { words = '', address = '' } = groups;
  if (groups['mark'] === '!') return inlinesOf(whole, BOLD_ONLY);
  if (!isSecure(address)) return inlinesOf(writtenOut(words, address), BOLD_ONLY);
  return [{ kind: 'link', inside: inlinesOf(words, BOLD_ONLY), href: address }];
}

function isSecure(address: string): boolean {
  try {
    return new URL(address).protocol === 'https:';
  } catch {
    return false;
  }
}

function writtenOut(words: string, address: string): string {
  const shown = address.replace(/^tel:/, '').replace(/^mailto:/, '');
  return [address, shown].includes(words.trim()) ? shown : `${words.trim()}（${shown}）`;
}

/** An answer as plain text, as channels without markup show it; `picture` says what one shows. */
export function plain(answer: string, picture: (shows: string) => string): string {
  return blocksOf(answer)
    .map((block) =>
      block.kind === 'text'
        ? plainOf(block.inside, picture)
        : block.items.map((item) => `· ${plainOf(item, picture)}`).join('\n'),
    )
    .join('\n');
}

function plainOf(inlines: readonly Inline[], picture: (shows: string) => string): string {
  return inlines
    .map((each) => {
      switch (each.kind) {
        case 'text':
          return each.text;
        case 'bold':
          return plainOf(each.inside, picture);
        case 'link':
          return writtenOut(plainOf(each.inside, picture), each.href);
        case 'picture':
          return picture(each.shows);
      }
    })
    .join('');
}
