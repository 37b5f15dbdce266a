import { afterEach, expect, test } from 'vitest';
import { handle } from '../src/keyboard/shortcuts';

afterEach(() => document.body.replaceChildren());

/** Presses a key on `target`; returns whether the shortcut was taken. */
function press(init: KeyboardEventInit, target: HTMLElement = document.body): boolean {
  let called = false;
  const act = (): void => {
    called = true;
  };
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  const listener = (pressed: Event): void =>
    handle(
      { j: act, '?': act, 'Alt+1': act, 'Alt+M': act, 'Ctrl+/': act },
      pressed as KeyboardEvent,
    );
  window.addEventListener('keydown', listener);
  target.dispatchEvent(event);
  window.removeEventListener('keydown', listener);
  return called;
}

function add(tag: string, attributes: Record<string, string> = {}): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  return element;
}

test('a letter is a shortcut on the page and a letter in a field', () => {
  expect(press({ key: 'j' })).toBe(true);
  expect(press({ key: 'j' }, add('textarea'))).toBe(false);
  expect(press({ key: 'j' }, add('input'))).toBe(false);
  expect(press({ key: 'j' }, add('input', { type: 'checkbox' })), 'nobody writes there').toBe(true);
});

test('Alt with a digit works while writing, whatever sign the system makes of it', () => {
  const field = add('textarea');
  expect(press({ key: '¡', code: 'Digit1', altKey: true }, field)).toBe(true);
});

test('Alt and Ctrl work in the composer, whatever sign the system makes of the key', () => {
  const field = add('textarea');
  expect(press({ key: 'µ', code: 'KeyM', altKey: true }, field)).toBe(true);
  expect(press({ key: '/', ctrlKey: true }, field)).toBe(true);
  expect(press({ key: '/', metaKey: true }, field)).toBe(true);
});

test('keys of the browser and of the input method are left alone', () => {
  expect(press({ key: 'j', ctrlKey: true })).toBe(false);
  expect(press({ key: 'j', metaKey: true })).toBe(false);
  expect(press({ key: 'j', isComposing: true })).toBe(false);
});
