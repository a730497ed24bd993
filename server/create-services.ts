import { JobDismissals } from './activity/job-dismissals.ts';
import { JobService } from './activity/job-service.ts';
import type { AgentGateway } from './agent-gateway/agent-gateway.ts';
import { AlertService } from './alert/alert-service.ts';
import { createAlertWatch } from './alert/alert-watch.ts';
import { CounterIntake } from './billing/counters/counter-intake.ts';
import { UsageCloseService } from './billing/usage-close/usage-close-service.ts';
import { ExportScheduleService } from './billing/export-schedule/schedule-service.ts';
import { createExportScheduleRunner } from './billing/export-schedule/schedule-runner.ts';
import { ExportRunService } from './billing/export-schedule/run-service.ts';
import { UsageSumService } from './billing/usage-sum/usage-sum-service.ts';
import { UsageExportService } from './billing/usage-export/usage-export-service.ts';
import { BudgetService } from './billing/budget/budget-service.ts';
import { createBudgetWatch } from './billing/budget/budget-watch.ts';
import { createCostDays } from './billing/cost/cost-days.ts';
import { CostService } from './billing/cost/cost-service.ts';
import { CostOverviewService } from './billing/cost/overview-service.ts';
import { AdjustmentService } from './billing/adjustment/adjustment-service.ts';
import { LiveCostService } from './billing/live-cost/live-cost-service.ts';
import { ArrearsWatch } from './billing/arrears/arrears-watch.ts';
import { QuotaPolicyService } from './billing/arrears/quota-policy-service.ts';
import { NoticeContactService } from './billing/notification/notice-contact-service.ts';
import { createNoticeSender } from './billing/notification/notice-sender.ts';
import { CreditService } from './billing/ledger/credit-service.ts';
import { PrepaidService } from './billing/prepaid/prepaid-service.ts';
import { createTermKeeper } from './billing/prepaid/term-keeper.ts';
import { createStatementIssuer } from './billing/statement/statement-issuer.ts';
import { StatementService } from './billing/statement/statement-service.ts';
import { PreviewService } from './billing/tariff/preview/preview-service.ts';
import { TariffService } from './billing/tariff/tariff-service.ts';
import { AffinityGroupService } from './compute/affinity-group/affinity-group-service.ts';
import { AffinityMembershipService } from './compute/affinity-group/membership-service.ts';
import { ConsoleAccessService } from './compute/console-access/console-access-service.ts';
import { ForeignMachines } from './compute/foreign-machine/foreign-machines.ts';
import { ImportService } from './compute/foreign-machine/import-service.ts';
import { UnmanageService } from './compute/foreign-machine/unmanage-service.ts';
import { createLeaseKeeper } from './compute/lease/lease-keeper.ts';
import { LeaseService } from './compute/lease/lease-service.ts';
import { createScheduleRunner } from './compute/machine-schedule/schedule-runner.ts';
import { ScheduleService } from './compute/machine-schedule/schedule-service.ts';
import { createSnapshotKeeper } from './compute/machine-snapshot/snapshot-keeper.ts';
import { RevertService } from './compute/machine-snapshot/revert-service.ts';
import { SnapshotService } from './compute/machine-snapshot/snapshot-service.ts';
import { PlanService } from './compute/placement/plan-service.ts';
import { OfferingService } from './compute/service-offering/offering-service.ts';
import { SshKeyPairService } from './compute/ssh-key-pair/ssh-key-pair-service.ts';
import { DeployService } from './compute/virtual-machine/deploy-service.ts';
import { DriftFacts } from './compute/virtual-machine/drift/drift-facts.ts';
import { createExpunger } from './compute/virtual-machine/expunger.ts';
import { LifecycleService } from './compute/virtual-machine/lifecycle-service.ts';
import { MigrationService } from './compute/virtual-machine/migration-service.ts';
import { PowerFacts } from './compute/virtual-machine/power-facts.ts';
import { PowerWatch } from './compute/virtual-machine/power-watch.ts';
import { ReinstallService } from './compute/virtual-machine/reinstall/reinstall-service.ts';
import { ScaleService } from './compute/virtual-machine/scale/scale-service.ts';
import { NicService } from './compute/virtual-machine/nics/nic-service.ts';
import { GuestAccessService } from './compute/virtual-machine/seed/guest-access-service.ts';
import { AssignService } from './compute/virtual-machine/assign/assign-service.ts';
import { UpdateService } from './compute/virtual-machine/update-service.ts';
import { Strays } from './compute/virtual-machine/strays.ts';
import { createStuckMachines } from './compute/virtual-machine/stuck-machines.ts';
import type { AccessNotices } from './identity/access/access-notices.ts';
import { AccountMachines } from './identity/account/account-machines.ts';
import { AccountRemoval } from './identity/account/account-removal.ts';
import { AccountService } from './identity/account/account-service.ts';
import { AccountStops } from './identity/account/account-stops.ts';
import { ApiKeyService } from './identity/api-key/api-key-service.ts';
import { DomainService } from './identity/domain/domain-service.ts';
import { LimitService } from './identity/limit/limit-service.ts';
import { PreferenceService } from './identity/preference/preference-service.ts';
import { MembershipService } from './identity/project/membership-service.ts';
import { ProjectService } from './identity/project/project-service.ts';
import { RoleService } from './identity/role/role-service.ts';
import { createSignIn } from './identity/session/create-sign-in.ts';
import { UserService } from './identity/user/user-service.ts';
import { AgentService } from './infrastructure/agent/agent-service.ts';
import { CapacityService } from './infrastructure/capacity/capacity-service.ts';
import { createCapacityKeeper } from './infrastructure/capacity/history/capacity-keeper.ts';
import { ClusterService } from './infrastructure/cluster/cluster-service.ts';
import { DedicationService } from './infrastructure/dedication/dedication-service.ts';
import { HostAdminService } from './infrastructure/host/host-admin-service.ts';
import { HostRemovalService } from './infrastructure/host/host-removal-service.ts';
import { HandInstallation } from './infrastructure/host-installation/hand-installation.ts';
import { HostAccess } from './infrastructure/host-installation/host-access.ts';
import { HostCleaning } from './infrastructure/host-installation/host-cleaning.ts';
import { HostInstallationService } from './infrastructure/host-installation/host-installation-service.ts';
import { InstallationRemoval } from './infrastructure/host-installation/installation-removal.ts';
import { SeveralInstallations } from './infrastructure/host-installation/several-installations.ts';
import { HostService } from './infrastructure/host/host-service.ts';
import { MaintenanceService } from './infrastructure/host/maintenance-service.ts';
import { ImageStoreService } from './infrastructure/image-store/image-store-service.ts';
import { PhysicalNetworkService } from './infrastructure/physical-network/physical-network-service.ts';
import { PodService } from './infrastructure/pod/pod-service.ts';
import { StoragePoolService } from './infrastructure/storage-pool/storage-pool-service.ts';
import { TopologyService } from './infrastructure/topology/topology-service.ts';
import { DraftHosts } from './infrastructure/zone/draft/draft-hosts.ts';
import { LaunchService } from './infrastructure/zone/draft/launch-service.ts';
import { ZoneDraftService } from './infrastructure/zone/draft/zone-draft-service.ts';
import { ZoneService } from './infrastructure/zone/zone-service.ts';
import { GuestNetworkService } from './network/guest-network/guest-network-service.ts';
import type { Platform } from './platform/platform.ts';
import type { PublicAddresses } from './platform/public-addresses.ts';
import type { Reconciler } from './platform/reconciler.ts';
import type { Services } from './services.ts';
import { SettingService } from './settings/setting-service.ts';
import { StatisticsService } from './statistics/statistics-service.ts';
import { DiskOfferingService } from './storage/disk-offering/disk-offering-service.ts';
import { ImageService } from './storage/image/image-service.ts';
import { SharingService } from './storage/image/sharing-service.ts';

export interface ServicesOptions {
  platform: Platform;
  gateway: AgentGateway;
  access: AccessNotices;
  addresses: PublicAddresses;
}

/** Makes every feature's service, connects them to what agents say, and names what has to look again and again. */
export function createServices(options: ServicesOptions): { services: Services; reconcilers: Reconciler[] } {
  const { platform, gateway, access, addresses } = options;
  const { db, clock, sealing, settings, runner, mutations } = platform;
  const agents = gateway.dispatcher;
  const power = new PowerWatch();
  const deps = { db, agents, clock, sealing, settings, power };
  const machines = new LifecycleService(platform, deps);
  const migrations = new MigrationService(platform, deps);
  const snapshots = new SnapshotService(platform, deps);
  const powerFacts = new PowerFacts(platform, agents, power);
  const driftFacts = new DriftFacts(platform, agents);
  const counters = new CounterIntake(platform);
  const images = new ImageService(platform, deps);
  const accountMachines = new AccountMachines({ db, runner, machines });
  const stops = new AccountStops({ db, runner, machines: accountMachines });
  const removal = new AccountRemoval({ db, runner, machines: accountMachines, images });
  const arrears = new ArrearsWatch(platform, { machines, accountMachines, access });
  const hosts = new HostService(platform, agents);
  const installing = { platform, gateway, addresses, access: new HostAccess(platform) };
  const installations = new HostInstallationService(platform, { deps: installing, hosts });
  const draftHosts = new DraftHosts({
    platform,
    installations,
    several: new SeveralInstallations(platform),
    removal: new InstallationRemoval(installing),
  });
  const services: Services = {
    ...createSignIn(platform, access),
    access,
    accounts: new AccountService(platform, { access, stops, removal }),
    affinityGroups: new AffinityGroupService(platform),
    affinityMembers: new AffinityMembershipService(platform),
    agents: new AgentService(platform, gateway.enrolment),
    alerts: new AlertService(platform),
    apiKeys: new ApiKeyService({ db, clock, settings, mutations, access }),
    assignments: new AssignService(platform),
    budgets: new BudgetService(platform),
    capacities: new CapacityService(platform),
    clusters: new ClusterService(platform),
    consoleAccess: new ConsoleAccessService(platform, gateway),
    costs: new CostService(platform),
    credits: new CreditService(platform, () => arrears.reconciler.lookSoon()),
    costOverviews: new CostOverviewService(platform),
    deploy: new DeployService(platform, deps),
    dedications: new DedicationService(platform),
    diskOfferings: new DiskOfferingService(platform),
    domains: new DomainService(platform, { access, removal }),
    exportRuns: new ExportRunService(platform, addresses),
    exportSchedules: new ExportScheduleService(platform),
    guestNetworks: new GuestNetworkService(platform),
    guestAccess: new GuestAccessService(platform, deps),
    handInstallation: new HandInstallation(addresses),
    hosts,
    hostInstallations: installations,
    hostAdmin: new HostAdminService(platform, gateway),
    hostMaintenance: new MaintenanceService(platform, { machines, migrations }),
    hostRemoval: new HostRemovalService(platform, {
      agents,
      gateway,
      machines: powerFacts,
      cleaning: new HostCleaning(installing),
    }),
    images,
    imageSharing: new SharingService(platform),
    imageStores: new ImageStoreService(platform, agents),
    imports: new ImportService(platform, deps),
    jobs: new JobService(platform),
    jobDismissals: new JobDismissals(platform),
    leases: new LeaseService(platform),
    limits: new LimitService(platform),
    liveCosts: new LiveCostService(platform),
    machines,
    machineUpdates: new UpdateService(platform),
    migrations,
    nics: new NicService(platform, deps),
    noticeContacts: new NoticeContactService(platform),
    physicalNetworks: new PhysicalNetworkService(platform),
    plans: new PlanService(platform),
    pods: new PodService(platform),
    projectMembers: new MembershipService(platform, access),
    projects: new ProjectService(platform, { access, stops, removal }),
    quotaPolicies: new QuotaPolicyService(platform, () => arrears.reconciler.lookSoon()),
    reinstalls: new ReinstallService(platform, deps),
    reverts: new RevertService(platform, deps),
    roles: new RoleService(platform, access),
    scaling: new ScaleService(platform, deps),
    schedules: new ScheduleService(platform),
    snapshots,
    serviceOfferings: new OfferingService(platform),
    settings: new SettingService(platform),
    sshKeyPairs: new SshKeyPairService(platform),
    statements: new StatementService(platform),
    statistics: new StatisticsService(platform, agents),
    storagePools: new StoragePoolService(platform, agents),
    topology: new TopologyService(platform),
    tariffs: new TariffService(platform),
    tariffPreviews: new PreviewService(platform),
    adjustments: new AdjustmentService(platform),
    prepaid: new PrepaidService(platform),
    unmanaging: new UnmanageService(platform, deps),
    usageClosing: new UsageCloseService(platform),
    usageExports: new UsageExportService(platform),
    usageSums: new UsageSumService(platform),
    preferences: new PreferenceService(platform),
    users: new UserService(platform, access),
    zoneDrafts: new ZoneDraftService(platform, installations),
    zoneLaunches: new LaunchService(platform, { db, agents, clock, hosts: draftHosts }),
    zones: new ZoneService(platform, agents),
  };
  // The host comes first: what its machines are is judged by whether it is there.
  gateway.addListener(services.hosts);
  gateway.addListener(powerFacts);
  gateway.addListener(new Strays(platform, agents));
  gateway.addListener(new ForeignMachines(platform));
  gateway.addListener(driftFacts);
  gateway.addListener(services.statistics);
  gateway.addListener(counters);
  const reconcilers = [
    services.hosts.reconciler,
    powerFacts.reconciler,
    driftFacts.reconciler,
    createStuckMachines(platform, agents),
    createExpunger(platform, services.machines),
    createLeaseKeeper(platform, machines),
    createScheduleRunner(platform, { machines, snapshots }),
    createSnapshotKeeper(platform, snapshots),
    createAlertWatch(platform),
    createCapacityKeeper(platform),
    arrears.reconciler,
    createNoticeSender(platform),
    createStatementIssuer(platform, services.statements),
    createTermKeeper(platform),
    createBudgetWatch(platform),
    createCostDays(platform),
    createExportScheduleRunner(platform, addresses),
    services.images.reconciler,
    services.statistics.reconciler,
    counters.reconciler,
  ];
  return { services, reconcilers };
}
