import Activity from '~icons/lucide/activity';
import BadgePercent from '~icons/lucide/badge-percent';
import Bell from '~icons/lucide/bell';
import Boxes from '~icons/lucide/boxes';
import Building2 from '~icons/lucide/building-2';
import Cable from '~icons/lucide/cable';
import CalendarCheck from '~icons/lucide/calendar-check';
import ChartPie from '~icons/lucide/chart-pie';
import CircleUser from '~icons/lucide/circle-user';
import FileDown from '~icons/lucide/file-down';
import Coins from '~icons/lucide/coins';
import Database from '~icons/lucide/database';
import Disc3 from '~icons/lucide/disc-3';
import FolderKanban from '~icons/lucide/folder-kanban';
import EthernetPort from '~icons/lucide/ethernet-port';
import Gauge from '~icons/lucide/gauge';
import LayoutDashboard from '~icons/lucide/layout-dashboard';
import ListChecks from '~icons/lucide/list-checks';
import Group from '~icons/lucide/group';
import KeySquare from '~icons/lucide/key-square';
import HardDrive from '~icons/lucide/hard-drive';
import KeyRound from '~icons/lucide/key-round';
import Map from '~icons/lucide/map';
import Monitor from '~icons/lucide/monitor';
import Network from '~icons/lucide/network';
import Rows3 from '~icons/lucide/rows-3';
import Share2 from '~icons/lucide/share-2';
import Waypoints from '~icons/lucide/waypoints';
import Receipt from '~icons/lucide/receipt';
import ReceiptText from '~icons/lucide/receipt-text';
import Server from '~icons/lucide/server';
import ServerCog from '~icons/lucide/server-cog';
import Settings from '~icons/lucide/settings';
import SlidersVertical from '~icons/lucide/sliders-vertical';
import Target from '~icons/lucide/target';
import Wallet from '~icons/lucide/wallet';
import UserCog from '~icons/lucide/user-cog';
import type { Component } from 'svelte';
import { m } from '#messages';

export interface Destination {
  path: string;
  label: () => string;
  icon: Component;
  /** Shown only to those whose role has it. */
  permission?: string;
  /** The letter that leads there after `g`; no two have the same. */
  letter?: string;
}

export interface DestinationGroup {
  /** What is remembered of it; none for a page that stands alone. */
  name?: string;
  label?: () => string;
  destinations: Destination[];
}

/** The pages that the navigation leads to. */
export const destinationGroups: DestinationGroup[] = [
  { destinations: [{ path: '/', label: m.shell_dashboard, icon: LayoutDashboard, letter: 'd' }] },
  {
    name: 'compute',
    label: m.shell_group_compute,
    destinations: [
      {
        path: '/virtual-machines',
        label: m.shell_machines,
        icon: Monitor,
        permission: 'virtualMachine.list',
        letter: 'm',
      },
      {
        path: '/offerings',
        label: m.offerings_title,
        icon: SlidersVertical,
        permission: 'serviceOffering.list',
        letter: 'o',
      },
      { path: '/ssh-keys', label: m.ssh_keys_title, icon: KeySquare, permission: 'sshKeyPair.list' },
      { path: '/affinity-groups', label: m.affinity_title, icon: Group, permission: 'affinityGroup.list' },
    ],
  },
  {
    name: 'storage',
    label: m.shell_group_storage,
    destinations: [
      { path: '/volumes', label: m.volumes_title, icon: HardDrive, permission: 'volume.list', letter: 'v' },
    ],
  },
  {
    name: 'networks',
    label: m.shell_group_networks,
    destinations: [
      {
        path: '/networks',
        label: m.networks_title,
        icon: EthernetPort,
        permission: 'guestNetwork.list',
        letter: 'n',
      },
    ],
  },
  {
    destinations: [
      { path: '/images', label: m.shell_images, icon: Disc3, permission: 'template.list', letter: 'i' },
      {
        path: '/projects',
        label: m.projects_title,
        icon: FolderKanban,
        permission: 'project.list',
        letter: 'p',
      },
    ],
  },
  {
    name: 'identity',
    label: m.shell_group_identity,
    destinations: [
      { path: '/domains', label: m.domains_title, icon: Network, permission: 'domain.list' },
      {
        path: '/accounts',
        label: m.accounts_title,
        icon: Building2,
        permission: 'account.list',
        letter: 'a',
      },
      { path: '/users', label: m.users_title, icon: CircleUser, permission: 'user.list', letter: 'u' },
      { path: '/roles', label: m.roles_title, icon: UserCog, permission: 'role.list', letter: 'r' },
      { path: '/limits', label: m.limits_title, icon: Gauge, permission: 'resourceLimit.list' },
      { path: '/api-keys', label: m.keys_title, icon: KeyRound, permission: 'apiKey.list', letter: 'k' },
    ],
  },
  {
    name: 'infrastructure',
    label: m.shell_group_infrastructure,
    destinations: [
      { path: '/zones', label: m.shell_zones, icon: Map, permission: 'zone.list', letter: 'z' },
      { path: '/pods', label: m.zones_pods, icon: Rows3, permission: 'pod.list' },
      { path: '/clusters', label: m.zones_clusters, icon: Boxes, permission: 'cluster.list' },
      { path: '/hosts', label: m.shell_hosts, icon: Server, permission: 'host.list', letter: 'h' },
      {
        path: '/storage',
        label: m.shell_storage_pools,
        icon: Database,
        permission: 'storagePool.list',
        letter: 's',
      },
      {
        path: '/capacity',
        label: m.capacity_title,
        icon: ChartPie,
        permission: 'capacity.list',
        letter: 'c',
      },
      {
        path: '/topology',
        label: m.topology_title,
        icon: Share2,
        permission: 'topology.list',
        letter: 't',
      },
      {
        path: '/physical-networks',
        label: m.zone_networks_title,
        icon: Waypoints,
        permission: 'physicalNetwork.list',
      },
      { path: '/agents', label: m.agents_title, icon: Cable, permission: 'agent.list' },
      { path: '/system', label: m.system_title, icon: ServerCog, permission: 'controlPlane.list' },
    ],
  },
  {
    name: 'billing',
    label: m.shell_group_billing,
    destinations: [
      { path: '/costs', label: m.costs_title, icon: Coins, permission: 'ratedLine.list', letter: 'b' },
      { path: '/credits', label: m.credits_title, icon: Wallet, permission: 'balance.list' },
      {
        path: '/prepaid',
        label: m.prepaid_list_title,
        icon: CalendarCheck,
        permission: 'prepaidTerm.list',
      },
      { path: '/tariffs', label: m.tariffs_title, icon: BadgePercent, permission: 'tariff.list' },
      { path: '/budgets', label: m.budgets_title, icon: Target, permission: 'budget.list' },
      { path: '/statements', label: m.statements_title, icon: ReceiptText, permission: 'statement.list' },
      { path: '/usage', label: m.shell_usage, icon: Receipt, permission: 'usageRecord.list' },
      { path: '/exports', label: m.exports_title, icon: FileDown, permission: 'usageExport.list' },
    ],
  },
  {
    name: 'events',
    label: m.shell_group_events,
    destinations: [
      { path: '/alerts', label: m.alerts_title, icon: Bell, permission: 'alert.list', letter: 'l' },
      { path: '/jobs', label: m.shell_jobs, icon: ListChecks, permission: 'job.list', letter: 'j' },
      { path: '/events', label: m.shell_events, icon: Activity, permission: 'auditEvent.list', letter: 'e' },
    ],
  },
  {
    destinations: [
      { path: '/settings', label: m.shell_settings, icon: Settings, permission: 'setting.list', letter: ',' },
    ],
  },
];

/** The groups with what a role permits; those with nothing are left out. */
export function permittedGroups(can: (permission: string) => boolean): DestinationGroup[] {
  return destinationGroups
    .map((group) => ({
      ...group,
      destinations: group.destinations.filter(
        ({ permission }) => permission === undefined || can(permission),
      ),
    }))
    .filter(({ destinations }) => destinations.length > 0);
}

/** Whether a page belongs to a destination: the machine page to the machines. */
export function isWithin(pathname: string, { path }: Pick<Destination, 'path'>): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}
