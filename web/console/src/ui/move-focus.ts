/** Moves the focus along the links of a list, from the focused one or the one that is open. */
export function moveFocus(within: HTMLElement | null, selector: string, step: 1 | -1): void {
  const rows = [...(within?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const focused = rows.findIndex((row) => row === document.activeElement);
  const open = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const from = focused >= 0 ? focused : open;
  const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
  rows[to]?.focus();
}
