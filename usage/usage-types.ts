/**
 * What is measured of a use: `TIME`, in milliseconds; or what is counted: `BYTES` that went through, or `OPERATIONS`.
 */
export type UsageMeasure = 'TIME' | 'BYTES' | 'OPERATIONS';

/** A way to use a resource that costs. */
export interface UsageKind {
  /** CloudStack's number, so that billing systems that know it keep working. */
  number: number;
  measure: UsageMeasure;
  /** Whether what is used has a size (`attributes.sizeBytes`), and time of it is bytes times milliseconds. */
  isSized: boolean;
  /** For people. */
  label: string;
}

const time = (number: number, label: string): UsageKind => ({
  number,
  measure: 'TIME',
  isSized: false,
  label,
});
const sizedTime = (number: number, label: string): UsageKind => ({ ...time(number, label), isSized: true });
const counted = (number: number, measure: UsageMeasure, label: string): UsageKind => ({
  number,
  measure,
  isSized: false,
  label,
});

/** Every way to use something that is or will be metered. */
export const usageCatalogue = {
  RUNNING_VM: time(1, 'running machine'),
  ALLOCATED_VM: time(2, 'allocated machine'),
  IP_ADDRESS: time(3, 'IP address'),
  NETWORK_BYTES_SENT: counted(4, 'BYTES', 'network bytes sent'),
  NETWORK_BYTES_RECEIVED: counted(5, 'BYTES', 'network bytes received'),
  VOLUME: sizedTime(6, 'volume'),
  TEMPLATE: sizedTime(7, 'template'),
  ISO: sizedTime(8, 'ISO'),
  SNAPSHOT: sizedTime(9, 'snapshot'),
  SECURITY_GROUP: time(10, 'security group'),
  LOAD_BALANCER_POLICY: time(11, 'load balancer policy'),
  PORT_FORWARDING_RULE: time(12, 'port forwarding rule'),
  NETWORK_OFFERING: time(13, 'network offering'),
  VPN_USERS: time(14, 'VPN user'),
  VM_DISK_IO_READ: counted(21, 'OPERATIONS', 'disk reads'),
  VM_DISK_IO_WRITE: counted(22, 'OPERATIONS', 'disk writes'),
  VM_DISK_BYTES_READ: counted(23, 'BYTES', 'disk bytes read'),
  VM_DISK_BYTES_WRITE: counted(24, 'BYTES', 'disk bytes written'),
  VM_SNAPSHOT: sizedTime(25, 'machine snapshot'),
  VOLUME_SECONDARY: sizedTime(26, 'volume on secondary storage'),
  VM_SNAPSHOT_ON_PRIMARY: sizedTime(27, 'memory of a machine snapshot on primary storage'),
  BACKUP: sizedTime(28, 'backup'),
  BUCKET: sizedTime(29, 'bucket'),
  NETWORK: time(30, 'network'),
  VPC: time(31, 'VPC'),
} as const satisfies Record<string, UsageKind>;

/** A way to use something, by name. */
export type UsageTypeName = keyof typeof usageCatalogue;

const kindsByNumber = new Map<number, UsageKind>(
  Object.values(usageCatalogue).map((kind) => [kind.number, kind]),
);

/** The kind of use that has a number, or `undefined` for a number of none. */
export function findUsageKind(number: number): UsageKind | undefined {
  return kindsByNumber.get(number);
}
