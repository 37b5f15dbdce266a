import { createPinia, setActivePinia } from 'pinia';
import { createApp, h, nextTick, ref } from 'vue';
import { afterEach, expect, test, vi } from 'vitest';
import type { NewIntent } from '../../shared/api/material';
import { ApiError } from '../src/api/http';
import { REQUEST } from '../src/api/provide';
import NewIntentDialog from '../src/components/material/NewIntentDialog.vue';
import { i18n } from '../src/i18n';
import { FakeServer } from './shell-fakes';

let unmount = (): void => {};
afterEach(() => {
  unmount();
  document.body.replaceChildren();
});

function fill(field: Element | null | undefined, value: string): void {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) {
    throw new Error('no field');
  }
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

test('examples that cannot be learned are named below the field, until they are gone', async () => {
  const sent: string[][] = [];
  const server = new FakeServer().on('POST /learning/intents', ({ body }) => {
    const { examples } = body as NewIntent;
    sent.push([...examples]);
    const index = examples.indexOf('你好');
    if (index < 0) return { ...(body as NewIntent), name: 'chat_opening' };
    throw new ApiError(422, 'bad_examples', '有的说法不能这样学', {
      examples: [
        {
          index,
          text: '你好',
          code: 'other_label',
          message: '这句话已经归在别的标签下',
          label: 'greet',
          line_id: null,
        },
      ],
    });
  });
  const shown = ref(false);
  const made = vi.fn();
  const app = createApp({
    render: () => h(NewIntentDialog, { modelValue: shown.value, onMade: made }),
  });
  const pinia = createPinia();
  setActivePinia(pinia);
  app.provide(REQUEST, server.request).use(pinia).use(i18n);
  const root = document.createElement('div');
  document.body.append(root);
  app.mount(root);
  unmount = () => app.unmount();
  shown.value = true;
  const form = (await vi.waitUntil(() =>
    document.querySelector<HTMLFormElement>('.el-dialog form'),
  )) as HTMLFormElement;
  const [title, name] = form.querySelectorAll('input.plain');
  const [texts, examples] = form.querySelectorAll('textarea');
  fill(title, '问营业时间');
  fill(name, 'opening');
  fill(texts, '全年无休。');
  fill(examples, '周日开门吗\n你好');
  await nextTick();
  const send = (): boolean => form.dispatchEvent(new Event('submit', { cancelable: true }));
  send();
  const line = await vi.waitUntil(() => form.querySelector('ul li'));
  expect(line?.textContent).toMatch(/你好.*这句话已经归在别的标签下.*greet/);
  expect(form.querySelector('[role="alert"]')?.textContent).toBe('有的说法不能这样学');
  fill(examples, '周日开门吗');
  await nextTick();
  expect(form.querySelector('ul li')).toBeNull();
  send();
  await vi.waitUntil(() => made.mock.calls.length > 0);
  expect(made.mock.calls).toEqual([['chat_opening']]);
  expect(sent).toEqual([['周日开门吗', '你好'], ['周日开门吗']]);
});
