import { computed, ref } from 'vue';
import { remember, remembered } from '../../ui/remember';

const KEY = 'fenzhen:console:browser-notice';

const permission = ref(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
const choice = ref(remembered(KEY, ['yes', 'no', 'unasked'], 'unasked'));

/** Is it worth asking? Only while neither the reader nor the browser has said anything. */
export const mayAsk = computed(() => permission.value === 'default' && choice.value === 'unasked');
export const noticesOn = computed(() => permission.value === 'granted' && choice.value === 'yes');
/** The browser refuses; only its own settings can change that. */
export const noticesBlocked = computed(() => permission.value === 'denied');

/** The reader wants notices of the browser; it asks them once more itself. */
export async function allowNotices(): Promise<void> {
  choose('yes');
  permission.value = await Notification.requestPermission();
}

export function declineNotices(): void {
  choose('no');
}

/** Tells while the page is not looked at; `open` is called when the notice is clicked. */
export function tellOutside(id: string, title: string, text: string, open: () => void): void {
  if (!noticesOn.value || !document.hidden) return;
  const notice = new Notification(title, { body: text, tag: id });
  notice.onclick = () => {
    window.focus();
    notice.close();
    open();
  };
}

function choose(next: 'yes' | 'no'): void {
  choice.value = next;
  remember(KEY, next);
}
