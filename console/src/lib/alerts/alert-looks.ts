import CircleAlert from '~icons/lucide/circle-alert';
import TriangleAlert from '~icons/lucide/triangle-alert';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Alert } from './alert-queries.ts';

export const severityLooks: Record<Alert['severity'], StatusLook> = {
  CRITICAL: { tone: 'bad', icon: CircleAlert, label: m.alerts_severity_CRITICAL },
  WARNING: { tone: 'warn', icon: TriangleAlert, label: m.alerts_severity_WARNING },
};

export const severities = Object.keys(severityLooks) as Alert['severity'][];
