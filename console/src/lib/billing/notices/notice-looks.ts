import Ban from '~icons/lucide/ban';
import CircleCheck from '~icons/lucide/circle-check';
import Clock from '~icons/lucide/clock';
import type { StatusLook } from '../../jobs/job-status.ts';
import { m } from '#messages';
import type { Notice } from './notice-queries.ts';

export const noticeLooks: Record<Notice['state'], StatusLook> = {
  QUEUED: { tone: 'quiet', icon: Clock, label: m.notifications_state_QUEUED },
  SENT: { tone: 'good', icon: CircleCheck, label: m.notifications_state_SENT },
  FAILED: { tone: 'bad', icon: Ban, label: m.notifications_state_FAILED },
};

export const noticeStates = Object.keys(noticeLooks) as Notice['state'][];

export const channelLabels: Record<Notice['channel'], () => string> = {
  MAIL: m.notifications_channel_MAIL,
  WEBHOOK: m.notifications_channel_WEBHOOK,
};

export const noticeKindLabels: Record<Notice['kind'], () => string> = {
  BALANCE_LOW: m.notifications_kind_BALANCE_LOW,
  ARREARS_WARNED: m.notifications_kind_ARREARS_WARNED,
  ARREARS_GRACE: m.notifications_kind_ARREARS_GRACE,
  ARREARS_STOPPED: m.notifications_kind_ARREARS_STOPPED,
  ARREARS_LOCKED: m.notifications_kind_ARREARS_LOCKED,
  ARREARS_LIFTED: m.notifications_kind_ARREARS_LIFTED,
  BUDGET_REACHED: m.notifications_kind_BUDGET_REACHED,
};
