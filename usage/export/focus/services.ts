import type { UsageTypeName } from '../../usage-types.ts';
import type { ServiceCategory } from './service-values.ts';

/** What a usage type is to a FinOps practitioner. */
export interface FocusService {
  category: ServiceCategory;
  subcategory: string;
  name: string;
  /** The kind of resource that is used. */
  resourceType: string;
}

const service =
  (category: ServiceCategory, subcategory: string, name: string) =>
  (resourceType: string): FocusService => ({ category, subcategory, name, resourceType });

const machines = service('Compute', 'Virtual Machines', 'Virtual Machines');
const disks = service('Storage', 'Block Storage', 'Volumes');
const snapshots = service('Storage', 'Backup Storage', 'Snapshots');
const images = service('Storage', 'Other (Storage)', 'Images');
const addresses = service('Networking', 'Network Connectivity', 'IP Addresses');
const traffic = service('Networking', 'Network Connectivity', 'Data Transfer');
const networks = service('Networking', 'Network Infrastructure', 'Networks');
const balancers = service('Networking', 'Application Networking', 'Load Balancers');
const rules = service('Networking', 'Network Security', 'Network Rules');
const vpns = service('Networking', 'Network Connectivity', 'VPN');
const backups = service('Storage', 'Backup Storage', 'Backups');
const buckets = service('Storage', 'Object Storage', 'Object Storage');

/** What is reckoned of a whole month, whatever was used. */
export const billingService: Omit<FocusService, 'resourceType'> = {
  category: 'Other',
  subcategory: 'Other (Other)',
  name: 'Billing',
};

/** The service that each usage type is part of. A service has one category and one subcategory. */
export const focusServices: Record<UsageTypeName, FocusService> = {
  RUNNING_VM: machines('Virtual Machine'),
  ALLOCATED_VM: machines('Virtual Machine'),
  IP_ADDRESS: addresses('IP Address'),
  NETWORK_BYTES_SENT: traffic('Virtual Machine'),
  NETWORK_BYTES_RECEIVED: traffic('Virtual Machine'),
  VOLUME: disks('Volume'),
  TEMPLATE: images('Template'),
  ISO: images('ISO'),
  SNAPSHOT: snapshots('Snapshot'),
  SECURITY_GROUP: rules('Security Group'),
  LOAD_BALANCER_POLICY: balancers('Load Balancer Policy'),
  PORT_FORWARDING_RULE: rules('Port Forwarding Rule'),
  NETWORK_OFFERING: networks('Network Offering'),
  VPN_USERS: vpns('VPN User'),
  VM_DISK_IO_READ: disks('Virtual Machine'),
  VM_DISK_IO_WRITE: disks('Virtual Machine'),
  VM_DISK_BYTES_READ: disks('Virtual Machine'),
  VM_DISK_BYTES_WRITE: disks('Virtual Machine'),
  VM_SNAPSHOT: snapshots('Machine Snapshot'),
  VOLUME_SECONDARY: disks('Volume'),
  VM_SNAPSHOT_ON_PRIMARY: snapshots('Machine Snapshot'),
  BACKUP: backups('Backup'),
  BUCKET: buckets('Bucket'),
  NETWORK: networks('Network'),
  VPC: networks('VPC'),
};
