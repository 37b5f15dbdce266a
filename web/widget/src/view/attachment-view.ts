import type { Attachment } from '../../../shared/api';
import { fill, type Texts } from '../i18n';
import { h, setText } from './dom';
import { sizeOf } from './size';

/** What a browser may show in place; everything else is saved. */
const SHOWN = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const WIDTH = 200;
const HEIGHT = 150;

export type OpenFile = (id: string) => Promise<Blob>;

/** A file of a message: a picture to look at, or a name to save it by. */
export function attachmentView(file: Attachment, texts: Texts, open: OpenFile): HTMLElement {
  return SHOWN.has(file.media_type) ? pictureView(file, texts, open) : fileView(file, texts, open);
}

function fileView(file: Attachment, texts: Texts, open: OpenFile): HTMLElement {
  const state = h('div', { class: 'meta failed', role: 'status' });
  const button = h('button', { type: 'button', class: 'file' });
  button.append(h('span', { class: 'file-name' }, file.name));
  // of a picture in an answer it is not known
  if (file.size > 0) button.append(h('span', { class: 'file-size' }, sizeOf(file.size)));
  button.setAttribute('aria-label', fill(texts.fileSave, { name: file.name }));
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      save(file, await open(file.id));
      setText(state, '');
    } catch {
      setText(state, texts.fileNotOpened);
    }
    button.disabled = false;
  });
  return h('div', {}, button, state);
}

/**
 * Drawn on a canvas: the page around the widget may forbid pictures from elsewhere (`img-src`).
 * The frame has its size from the beginning, so that nothing moves when the picture comes.
 */
function pictureView(file: Attachment, texts: Texts, open: OpenFile): HTMLElement {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const link = h('a', {
    class: 'picture',
    target: '_blank',
    rel: 'noopener',
    'aria-label': fill(texts.pictureOpen, { name: file.name }),
  });
  link.append(canvas);
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    try {
      const content = await open(file.id);
      await draw(canvas, content);
      link.href = URL.createObjectURL(typed(file, content));
    } catch {
      link.replaceWith(fileView(file, texts, open));
    }
  });
  observer.observe(link);
  return link;
}

async function draw(canvas: HTMLCanvasElement, content: Blob): Promise<void> {
  const image = await createImageBitmap(content);
  const scale = Math.min(1, WIDTH / image.width, HEIGHT / image.height);
  const sharp = Math.min(scale * devicePixelRatio, 1);
  canvas.width = Math.max(1, image.width * sharp);
  canvas.height = Math.max(1, image.height * sharp);
  canvas.style.width = `${image.width * scale}px`;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
}

function save(file: Attachment, content: Blob): void {
  const href = URL.createObjectURL(typed(file, content));
  h('a', { href, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** With the type the desk has found, whatever the answer or the visitor's system said. */
function typed(file: Attachment, content: Blob): Blob {
  return new Blob([content], { type: file.media_type });
}
