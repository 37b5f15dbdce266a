import { onBeforeUnmount, onMounted } from 'vue';

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

/** Is the reader writing, so that a letter is a letter? */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The name a key press has in a table of shortcuts: `j`, `?`, `ArrowUp`, `Alt+1`. */
export function nameOf(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.isComposing) return null;
  if (event.altKey) {
    // with Alt, some systems give the sign on the key and not the digit
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    return digit ? `Alt+${digit}` : null;
  }
  return event.key;
}

/** Calls what belongs to the key; letters only while nobody writes and no dialog is open. */
export function handle(shortcuts: Shortcuts, event: KeyboardEvent): void {
  const name = nameOf(event);
  const action = name === null ? undefined : shortcuts[name];
  if (!action || event.defaultPrevented) return;
  if (!name?.startsWith('Alt+') && isWriting(event.target)) return;
  if (dialogIsOpen()) return;
  event.preventDefault();
  action(event);
}

function dialogIsOpen(): boolean {
  const dialogs = document.querySelectorAll('[role="dialog"][aria-modal="true"]');
  return [...dialogs].some((dialog) => dialog.getClientRects().length > 0);
}

/** Shortcuts of the whole page while the component is there. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const listener = (event: KeyboardEvent): void => handle(shortcuts, event);
  onMounted(() => window.addEventListener('keydown', listener));
  onBeforeUnmount(() => window.removeEventListener('keydown', listener));
}
