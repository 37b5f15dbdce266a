import { expect, test } from 'vitest';
import { useToldFields } from '../src/ui/told-fields';

const TOLD = { order_number: '202611180012345', contact_masked: '138****8000' };

test('what the customer has told is filled in, and emptying a field means none', async () => {
  const { fields, fill, given } = useToldFields();
  await fill(() => Promise.resolve(TOLD));
  expect(given()).toEqual({ order_number: '202611180012345', contact: '138****8000' });
  fields.contact = ' ';
  expect(given()).toEqual({ order_number: '202611180012345', contact: null });
});

test('what was typed before the answer came stays', async () => {
  const { fields, fill, given } = useToldFields();
  const filling = fill(() => Promise.resolve(TOLD));
  fields.contact = '0571-88880000';
  await filling;
  expect(given()).toEqual({ order_number: '202611180012345', contact: '0571-88880000' });
});

test('the desk fills in by itself what could not be asked for', async () => {
  const { fill, given } = useToldFields();
  await fill(() => Promise.reject(new Error('away')));
  expect(given()).toEqual({});
});

test('an answer for a dialog that was closed is not shown in the next one', async () => {
  const { empty, fill, given } = useToldFields();
  const filling = fill(() => Promise.resolve(TOLD));
  empty();
  await filling;
  expect(given()).toEqual({});
});
