import { blocksOf, plain, type Inline } from '../../../shared/markup';
import type { Texts } from '../i18n';
import { attachmentView, type OpenFile } from './attachment-view';
import { h } from './dom';
import { linkify } from './linkify';

type Piece = Node | string;

/** An answer of the bot as nodes: bold, links, lists and pictures; all else stays text. */
export function answerNodes(answer: string, texts: Texts, open: OpenFile): Piece[] {
  const nodes = (inside: readonly Inline[]): Piece[] =>
    inside.flatMap((each) => pieces(each, texts, open));
  return blocksOf(answer).flatMap((block): Piece[] => {
    if (block.kind === 'text') return nodes(block.inside);
    return [h('ul', {}, ...block.items.map((item) => h('li', {}, ...nodes(item))))];
  });
}

/** An answer where no markup is shown, e.g. in a quote. */
export function answerText(answer: string, texts: Texts): string {
  return plain(answer, (shows) => shows || texts.picture);
}

/** `linked`: it stands in a link, in which there are no others. */
function pieces(inline: Inline, texts: Texts, open: OpenFile, linked = false): Piece[] {
  const inner = (inside: readonly Inline[], linkedNow: boolean): Piece[] =>
    inside.flatMap((each) => pieces(each, texts, open, linkedNow));
  switch (inline.kind) {
    case 'text':
      return linked ? [inline.text] : linkify(inline.text);
    case 'bold':
      return [h('strong', {}, ...inner(inline.inside, linked))];
    case 'link': {
      const { href } = inline;
      const attributes = { href, target: '_blank', rel: 'noopener noreferrer nofollow' };
      return [h('a', attributes, ...inner(inline.inside, true))];
    }
    case 'picture':
      return [pictureView(inline, texts, open)];
  }
}

/** The browser finds out itself what kind of picture it is. */
function pictureView(
  { id, shows }: Inline & { kind: 'picture' },
  texts: Texts,
  open: OpenFile,
): HTMLElement {
  const file = { id, name: shows || texts.picture, media_type: 'image/png', size: 0 };
  return h('span', { class: 'answer-picture' }, attachmentView(file, texts, open));
}
