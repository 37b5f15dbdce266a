import { ElDialog as Plain } from 'element-plus';
import { h, mergeProps, nextTick, type FunctionalComponent } from 'vue';

const FIELDS = ['input', 'select', 'textarea', 'button']
  .map((field) => `.el-dialog__body ${field}:not(:disabled)`)
  .join();

/** Element Plus puts the focus on the dialog itself: it goes on to what is to be filled in first. */
async function focusField(): Promise<void> {
  // the dialog takes the focus one tick after it says that it will
  await nextTick();
  await nextTick();
  const dialog = document.activeElement?.closest('.el-dialog');
  const field = dialog?.querySelector('[autofocus]') ?? dialog?.querySelector(FIELDS);
  const chosen =
    field instanceof HTMLInputElement && field.type === 'radio'
      ? dialog?.querySelector(`[name="${CSS.escape(field.name)}"]:checked`)
      : null;
  const wanted = chosen ?? field;
  if (wanted instanceof HTMLElement) wanted.focus();
}

/** Ctrl (or ⌘) and Enter press the button that sends the dialog's form, wherever one writes. */
function send(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const written = event.target instanceof Element ? event.target.closest('.el-dialog') : null;
  const button = written?.querySelector<HTMLElement>('.el-dialog__footer [type="submit"]');
  if (!button) return;
  event.preventDefault();
  button.click();
}

const dialog: FunctionalComponent = (_props, { attrs, slots }) =>
  h(Plain, mergeProps({ onOpenAutoFocus: () => void focusField(), onKeydown: send }, attrs), slots);

/** A dialog of Element Plus in which one can write at once and send without the mouse. */
export const ElDialog = dialog as unknown as typeof Plain;
