type Attributes = Record<string, string | number | boolean | null>;

/** An element with attributes and children; strings become text, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== null && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A 24 × 24 line drawing; `path` is ours, never data. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of [
    ['viewBox', '0 0 24 24'],
    ['aria-hidden', 'true'],
    ['class', 'icon'],
  ] as const) {
    svg.setAttribute(name, value);
  }
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Set text only when it differs, so that nothing is announced or repainted for nothing. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Make a field as tall as what is in it, up to `tallest` px; a hidden one has no height to go by. */
export function fitHeight(field: HTMLTextAreaElement, tallest: number): void {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight, tallest)}px`;
}

/** Make `parent` hold exactly `wanted`, moving only what is out of place. */
export function place(parent: HTMLElement, wanted: readonly HTMLElement[]): void {
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) {
      parent.insertBefore(element, parent.children[index] ?? null);
    }
  });
  while (parent.children.length > wanted.length) parent.lastElementChild?.remove();
}
