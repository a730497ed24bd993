import { JobService } from './activity/job-service.ts';
import type { AgentGateway } from './agent-gateway/agent-gateway.ts';
import { ConsoleAccessService } from './compute/console-access/console-access-service.ts';
import { OfferingService } from './compute/service-offering/offering-service.ts';
import { StatisticsService } from './compute/statistics/statistics-service.ts';
import { DeployService } from './compute/virtual-machine/deploy-service.ts';
import { createExpunger } from './compute/virtual-machine/expunger.ts';
import { LifecycleService } from './compute/virtual-machine/lifecycle-service.ts';
import { PowerFacts } from './compute/virtual-machine/power-facts.ts';
import type { AccessNotices } from './identity/access/access-notices.ts';
import { AccountMachines } from './identity/account/account-machines.ts';
import { AccountRemoval } from './identity/account/account-removal.ts';
import { AccountService } from './identity/account/account-service.ts';
import { AccountStops } from './identity/account/account-stops.ts';
import { ApiKeyService } from './identity/api-key/api-key-service.ts';
import { DomainService } from './identity/domain/domain-service.ts';
import { LimitService } from './identity/limit/limit-service.ts';
import { MembershipService } from './identity/project/membership-service.ts';
import { ProjectService } from './identity/project/project-service.ts';
import { RoleService } from './identity/role/role-service.ts';
import { createSignIn } from './identity/session/create-sign-in.ts';
import { UserService } from './identity/user/user-service.ts';
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
import { SharingService } from './storage/image/sharing-service.ts';

export interface ServicesOptions {
  platform: Platform;
  gateway: AgentGateway;
  access: AccessNotices;
}

/** Makes every feature's service, connects them to what agents say, and names what has to look again and again. */
export function createServices(options: ServicesOptions): { services: Services; reconcilers: Reconciler[] } {
  const { platform, gateway, access } = options;
  const { db, clock, settings, runner, mutations } = platform;
  const agents = gateway.dispatcher;
  const deps = { agents, clock, settings };
  const machines = new LifecycleService(platform, deps);
  const images = new ImageService(platform, deps);
  const accountMachines = new AccountMachines({ db, runner, machines });
  const stops = new AccountStops({ db, runner, machines: accountMachines });
  const removal = new AccountRemoval({ db, runner, machines: accountMachines, images });
  const services: Services = {
    ...createSignIn(platform, access),
    access,
    accounts: new AccountService(platform, { access, stops, removal }),
    agents: new AgentService(platform, gateway.enrolment),
    apiKeys: new ApiKeyService({ db, clock, settings, mutations, access }),
    clusters: new ClusterService(platform),
    consoleAccess: new ConsoleAccessService(platform, gateway),
    deploy: new DeployService(platform, deps),
    diskOfferings: new DiskOfferingService(platform),
    domains: new DomainService(platform, { access, removal }),
    guestNetworks: new GuestNetworkService(platform),
    hosts: new HostService(platform, agents),
    images,
    imageSharing: new SharingService(platform),
    imageStores: new ImageStoreService(platform, agents),
    jobs: new JobService(platform),
    limits: new LimitService(platform),
    machines,
    physicalNetworks: new PhysicalNetworkService(platform),
    pods: new PodService(platform),
    projectMembers: new MembershipService(platform, access),
    projects: new ProjectService(platform, { access, stops, removal }),
    roles: new RoleService(platform, access),
    serviceOfferings: new OfferingService(platform),
    settings: new SettingService(platform),
    statistics: new StatisticsService(platform, agents),
    storagePools: new StoragePoolService(platform, agents),
    users: new UserService(platform, access),
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
