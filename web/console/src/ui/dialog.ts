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

const dialog: FunctionalComponent = (_props, { attrs, slots }) =>
  h(Plain, mergeProps({ onOpenAutoFocus: () => void focusField() }, attrs), slots);

/** A dialog of Element Plus in which one can write at once. */
export const ElDialog = dialog as unknown as typeof Plain;
