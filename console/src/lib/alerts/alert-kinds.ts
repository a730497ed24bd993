import { m } from '#messages';
import type { Alert } from './alert-queries.ts';

/** What is the matter, in a word or two. */
export const alertKinds: Record<Alert['kind'], () => string> = {
  HOST_SILENT: m.alerts_kind_HOST_SILENT,
  HOST_DOWN: m.alerts_kind_HOST_DOWN,
  HOST_NOT_EMPTIED: m.alerts_kind_HOST_NOT_EMPTIED,
  CERTIFICATE_ENDS: m.alerts_kind_CERTIFICATE_ENDS,
  FOREIGN_MACHINES: m.alerts_kind_FOREIGN_MACHINES,
  CPU_PROMISED: m.alerts_kind_CPU_PROMISED,
  MEMORY_PROMISED: m.alerts_kind_MEMORY_PROMISED,
  POOL_USED: m.alerts_kind_POOL_USED,
  POOL_PROMISED: m.alerts_kind_POOL_PROMISED,
  IMAGE_STORE_USED: m.alerts_kind_IMAGE_STORE_USED,
  ADDRESSES_TAKEN: m.alerts_kind_ADDRESSES_TAKEN,
  MACHINE_STUCK: m.alerts_kind_MACHINE_STUCK,
  MACHINE_UNKNOWN: m.alerts_kind_MACHINE_UNKNOWN,
  MACHINE_DRIFTED: m.alerts_kind_MACHINE_DRIFTED,
  EXPUNGE_OVERDUE: m.alerts_kind_EXPUNGE_OVERDUE,
  USAGE_OVERDUE: m.alerts_kind_USAGE_OVERDUE,
  JOB_STUCK: m.alerts_kind_JOB_STUCK,
};

/** As `alertKinds`; the name that the server gives to a kind that came with a newer one. */
export function alertKindName(kind: Alert['kind']): string {
  return Object.hasOwn(alertKinds, kind) ? alertKinds[kind]() : kind;
}

export const alertKindNames = Object.keys(alertKinds) as Alert['kind'][];
