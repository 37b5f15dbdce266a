import type { JsonObject, Setting } from '../../shared/api/settings';

export const SLA: JsonObject = {
  warn_share: 0.75,
  chat_first_response: { P1: { minutes: 1, clock: true }, P2: { minutes: 2 } },
};

export const SLA_SETTING: Setting = {
  key: 'sla',
  value: SLA,
  default: SLA,
  version: 4,
  updated_at: null,
  updated_by: null,
};
