import { onBeforeUnmount, onMounted } from 'vue';

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

const NO_LETTERS = ['checkbox', 'radio', 'button', 'submit'];

/** Is the reader writing, so that a letter is a letter? */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && NO_LETTERS.includes(target.type)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The name a key press has in a table of shortcuts: `j`, `?`, `ArrowUp`, `Alt+1`, `Alt+M`, `Ctrl+/`. */
export function nameOf(event: KeyboardEvent): string | null {
  if (event.isComposing) return null;
  if (event.ctrlKey || event.metaKey) return event.altKey ? null : `Ctrl+${event.key}`;
  if (event.altKey) {
    // with Alt, some systems give another sign than the one on the key
    const sign = /^(?:Digit|Numpad|Key)([A-Z0-9])$/.exec(event.code)?.[1];
    return sign ? `Alt+${sign}` : null;
  }
  return event.key;
}

/** Calls what belongs to the key; letters only while nobody writes and no dialog is open. */
export function handle(shortcuts: Shortcuts, event: KeyboardEvent): void {
  const name = nameOf(event);
  const action = name === null ? undefined : shortcuts[name];
  if (!action || event.defaultPrevented) return;
  if (!/^(?:Alt|Ctrl)\+/.test(name ?? '') && isWriting(event.target)) return;
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
