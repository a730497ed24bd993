import type { JobService } from './activity/job-service.ts';
import type { ConsoleAccessService } from './compute/console-access/console-access-service.ts';
import type { OfferingService } from './compute/service-offering/offering-service.ts';
import type { StatisticsService } from './compute/statistics/statistics-service.ts';
import type { DeployService } from './compute/virtual-machine/deploy-service.ts';
import type { LifecycleService } from './compute/virtual-machine/lifecycle-service.ts';
import type { AccountService } from './identity/account/account-service.ts';
import type { ApiKeyService } from './identity/api-key/api-key-service.ts';
import type { SessionService } from './identity/session/session-service.ts';
import type { AgentService } from './infrastructure/agent/agent-service.ts';
import type { ClusterService } from './infrastructure/cluster/cluster-service.ts';
import type { HostService } from './infrastructure/host/host-service.ts';
import type { ImageStoreService } from './infrastructure/image-store/image-store-service.ts';
import type { PhysicalNetworkService } from './infrastructure/physical-network/physical-network-service.ts';
import type { PodService } from './infrastructure/pod/pod-service.ts';
import type { StoragePoolService } from './infrastructure/storage-pool/storage-pool-service.ts';
import type { ZoneService } from './infrastructure/zone/zone-service.ts';
import type { GuestNetworkService } from './network/guest-network/guest-network-service.ts';
import type { SettingService } from './settings/setting-service.ts';
import type { DiskOfferingService } from './storage/disk-offering/disk-offering-service.ts';
import type { ImageService } from './storage/image/image-service.ts';

/** Every feature's service, by name. */
export interface Services {
  accounts: AccountService;
  agents: AgentService;
  apiKeys: ApiKeyService;
  clusters: ClusterService;
  consoleAccess: ConsoleAccessService;
  deploy: DeployService;
  diskOfferings: DiskOfferingService;
  guestNetworks: GuestNetworkService;
  hosts: HostService;
  images: ImageService;
  imageStores: ImageStoreService;
  jobs: JobService;
  machines: LifecycleService;
  physicalNetworks: PhysicalNetworkService;
  pods: PodService;
  serviceOfferings: OfferingService;
  sessions: SessionService;
  settings: SettingService;
  statistics: StatisticsService;
  storagePools: StoragePoolService;
  zones: ZoneService;
}
