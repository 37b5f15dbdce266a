import { createI18n } from 'vue-i18n';
import { remembered, remember } from '../ui/remember';
import alertsEn from './alerts.en';
import alertsZh from './alerts.zh';
import auditEn from './audit.en';
import auditZh from './audit.zh';
import channelsEn from './channels.en';
import channelsZh from './channels.zh';
import customersEn from './customers.en';
import customersZh from './customers.zh';
import en from './en';
import inboxEn from './inbox.en';
import inboxZh from './inbox.zh';
import knowledgeEn from './knowledge.en';
import knowledgeZh from './knowledge.zh';
import materialEn from './material.en';
import materialZh from './material.zh';
import policyEn from './policy.en';
import policyZh from './policy.zh';
import reachEn from './reach.en';
import reachZh from './reach.zh';
import reviewEn from './review.en';
import reviewZh from './review.zh';
import settingsEn from './settings.en';
import settingsZh from './settings.zh';
import shellEn from './shell.en';
import shellZh from './shell.zh';
import ticketsEn from './tickets.en';
import ticketsZh from './tickets.zh';
import trainingEn from './training.en';
import trainingZh from './training.zh';
import visitsEn from './visits.en';
import visitsZh from './visits.zh';
import wallEn from './wall.en';
import wallZh from './wall.zh';
import whyEn from './why.en';
import whyZh from './why.zh';
import zh from './zh';

export const LOCALES = { 'zh-CN': '简体中文', en: 'English' } as const;
export type Locale = keyof typeof LOCALES;

const KEY = 'fenzhen:console:locale';

export const i18n = createI18n({
  legacy: false,
  locale: remembered<Locale>(KEY, Object.keys(LOCALES) as Locale[], 'zh-CN'),
  fallbackLocale: 'zh-CN',
  messages: {
    'zh-CN': {
      ...zh,
      ...inboxZh,
      ...ticketsZh,
      ...customersZh,
      ...visitsZh,
      ...shellZh,
      ...wallZh,
      ...alertsZh,
      ...auditZh,
      ...settingsZh,
      ...policyZh,
      ...reachZh,
      ...channelsZh,
      ...reviewZh,
      ...trainingZh,
      ...whyZh,
      ...knowledgeZh,
      ...materialZh,
    },
    en: {
      ...en,
      ...inboxEn,
      ...ticketsEn,
      ...customersEn,
      ...visitsEn,
      ...shellEn,
      ...wallEn,
      ...alertsEn,
      ...auditEn,
      ...settingsEn,
      ...policyEn,
      ...reachEn,
      ...channelsEn,
      ...reviewEn,
      ...trainingEn,
      ...whyEn,
      ...knowledgeEn,
      ...materialEn,
    },
  },
  missingWarn: false,
  fallbackWarn: false,
});

export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  remember(KEY, locale);
  document.documentElement.lang = locale;
}

/** `Accept-Language` for the desk. */
export function language(): string {
  return i18n.global.locale.value;
}
