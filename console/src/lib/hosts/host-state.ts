import CircleAlert from '~icons/lucide/circle-alert';
import CircleCheck from '~icons/lucide/circle-check';
import LoaderCircle from '~icons/lucide/loader-circle';
import PowerOff from '~icons/lucide/power-off';
import Unplug from '~icons/lucide/unplug';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Host, HostLinkState } from './fragments.ts';

export const linkStateLooks: Record<HostLinkState, StatusLook> = {
  UP: { tone: 'good', icon: CircleCheck, label: m.hosts_link_UP },
  CONNECTING: { tone: 'busy', icon: LoaderCircle, label: m.hosts_link_CONNECTING, isTurning: true },
  DISCONNECTED: { tone: 'warn', icon: Unplug, label: m.hosts_link_DISCONNECTED },
  ALERT: { tone: 'bad', icon: CircleAlert, label: m.hosts_link_ALERT },
  DOWN: { tone: 'bad', icon: PowerOff, label: m.hosts_link_DOWN },
};

export const linkStates = Object.keys(linkStateLooks) as HostLinkState[];

export const adminStateLabels: Record<Host['adminState'], () => string> = {
  ENABLED: m.hosts_admin_ENABLED,
  DISABLED: m.hosts_admin_DISABLED,
  MAINTENANCE: m.hosts_admin_MAINTENANCE,
  PREPARE_FOR_MAINTENANCE: m.hosts_admin_PREPARE_FOR_MAINTENANCE,
  ERROR_IN_MAINTENANCE: m.hosts_admin_ERROR_IN_MAINTENANCE,
};

export const adminStates = Object.keys(adminStateLabels) as Host['adminState'][];
