import { JobService } from './activity/job-service.ts';
import type { AgentGateway } from './agent-gateway/agent-gateway.ts';
import { ConsoleAccessService } from './compute/console-access/console-access-service.ts';
import { OfferingService } from './compute/service-offering/offering-service.ts';
import { StatisticsService } from './compute/statistics/statistics-service.ts';
import { DeployService } from './compute/virtual-machine/deploy-service.ts';
import { createExpunger } from './compute/virtual-machine/expunger.ts';
import { LifecycleService } from './compute/virtual-machine/lifecycle-service.ts';
import { PowerFacts } from './compute/virtual-machine/power-facts.ts';
import { AccountService } from './identity/account/account-service.ts';
import { ApiKeyService } from './identity/api-key/api-key-service.ts';
import { SessionService } from './identity/session/session-service.ts';
import { AgentService } from './infrastructure/agent/agent-service.ts';
import { ClusterService } from './infrastructure/cluster/cluster-service.ts';
import { HostService } from './infrastructure/host/host-service.ts';
import { ImageStoreService } from './infrastructure/image-store/image-store-service.ts';
import { PhysicalNetworkService } from './infrastructure/physical-network/physical-network-service.ts';
import { PodService } from './infrastructure/pod/pod-service.ts';
import { StoragePoolService } from './infrastructure/storage-pool/storage-pool-service.ts';
import { ZoneService } from './infrastructure/zone/zone-service.ts';
import { GuestNetworkService } from './network/guest-network/guest-network-service.ts';
import type { Platform } from './platform/platform.ts';
import type { Reconciler } from './platform/reconciler.ts';
import type { Services } from './services.ts';
import { SettingService } from './settings/setting-service.ts';
import { DiskOfferingService } from './storage/disk-offering/disk-offering-service.ts';
import { ImageService } from './storage/image/image-service.ts';

export interface ServicesOptions {
  platform: Platform;
  gateway: AgentGateway;
  /** Open sockets of this user are to be looked at. */
  onAccessChanged(userId: string): void;
}

/** Makes every feature's service, connects them to what agents say, and names what has to look again and again. */
export function createServices(options: ServicesOptions): { services: Services; reconcilers: Reconciler[] } {
  const { platform, gateway, onAccessChanged } = options;
  const { db, clock, settings, bus, mutations } = platform;
  const agents = gateway.dispatcher;
  const deps = { agents, clock, settings };
  const services: Services = {
    accounts: new AccountService(platform),
    agents: new AgentService(platform, gateway.enrolment),
    apiKeys: new ApiKeyService({ db, clock, mutations }),
    clusters: new ClusterService(platform),
    consoleAccess: new ConsoleAccessService(platform, gateway),
    deploy: new DeployService(platform, deps),
    diskOfferings: new DiskOfferingService(platform),
    guestNetworks: new GuestNetworkService(platform),
    hosts: new HostService(platform, agents),
    images: new ImageService(platform, deps),
    imageStores: new ImageStoreService(platform, agents),
    jobs: new JobService(platform),
    machines: new LifecycleService(platform, deps),
    physicalNetworks: new PhysicalNetworkService(platform),
    pods: new PodService(platform),
    serviceOfferings: new OfferingService(platform),
    sessions: new SessionService({ db, clock, settings, bus, onEnded: onAccessChanged }),
    settings: new SettingService(platform),
    statistics: new StatisticsService(platform, agents),
    storagePools: new StoragePoolService(platform, agents),
    zones: new ZoneService(platform, agents),
  };
  const powerFacts = new PowerFacts(platform, agents);
  // The host comes first: what its machines are is judged by whether it is there.
  gateway.addListener(services.hosts);
  gateway.addListener(powerFacts);
  gateway.addListener(services.statistics);
  const reconcilers = [
    services.hosts.reconciler,
    powerFacts.reconciler,
    createExpunger(platform, services.machines),
    services.images.reconciler,
  ];
  return { services, reconcilers };
}
