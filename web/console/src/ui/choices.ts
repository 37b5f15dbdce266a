import type { Priority } from '../../../shared/api';

/** The label keys that can be chosen; their names are in the texts under the same section. */
export const PRIORITIES: readonly Priority[] = ['P1', 'P2', 'P3', 'P4'];

export const CATEGORIES = [
  'order',
  'logistics',
  'refund',
  'payment',
  'invoice',
  'product',
  'quality',
  'aftersales',
  'account',
  'promotion',
  'service',
  'other',
] as const;

export const NATURES = ['consult', 'help', 'complaint', 'report', 'suggestion', 'praise'] as const;

export const CHANNELS = ['web', 'wechat', 'wechat_kf'] as const;
