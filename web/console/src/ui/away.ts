import { onBeforeUnmount, onMounted, type Ref } from 'vue';

/** Calls `left` when somebody presses a button or moves the focus outside of `root`. */
export function useAway(root: Readonly<Ref<HTMLElement | null>>, left: () => void): void {
  const listener = (event: Event): void => {
    if (root.value && !root.value.contains(event.target as Node)) left();
  };
  onMounted(() => {
    document.addEventListener('pointerdown', listener);
    document.addEventListener('focusin', listener);
  });
  onBeforeUnmount(() => {
    document.removeEventListener('pointerdown', listener);
    document.removeEventListener('focusin', listener);
  });
}
