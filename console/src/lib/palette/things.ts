import BadgePercent from '~icons/lucide/badge-percent';
import Box from '~icons/lucide/box';
import Building2 from '~icons/lucide/building-2';
import Camera from '~icons/lucide/camera';
import CircleUser from '~icons/lucide/circle-user';
import Database from '~icons/lucide/database';
import Disc3 from '~icons/lucide/disc-3';
import FolderKanban from '~icons/lucide/folder-kanban';
import Group from '~icons/lucide/group';
import HardDrive from '~icons/lucide/hard-drive';
import KeySquare from '~icons/lucide/key-square';
import ListChecks from '~icons/lucide/list-checks';
import Map from '~icons/lucide/map';
import Monitor from '~icons/lucide/monitor';
import Network from '~icons/lucide/network';
import Server from '~icons/lucide/server';
import SlidersVertical from '~icons/lucide/sliders-vertical';
import UserCog from '~icons/lucide/user-cog';
import type { Component } from 'svelte';
import { jobName } from '../jobs/job-names.ts';
import { targetPath } from '../jobs/target-names.svelte.ts';
import { m } from '#messages';
import type { Hit } from './palette-query.ts';

interface Kind {
  label: () => string;
  icon: Component;
}

/** Kinds of things that are found, as people call them. */
const kinds: Record<string, Kind> = {
  VirtualMachine: { label: m.palette_kind_VirtualMachine, icon: Monitor },
  Host: { label: m.palette_kind_Host, icon: Server },
  Account: { label: m.palette_kind_Account, icon: Building2 },
  User: { label: m.palette_kind_User, icon: CircleUser },
  Project: { label: m.palette_kind_Project, icon: FolderKanban },
  Domain: { label: m.palette_kind_Domain, icon: Network },
  Template: { label: m.palette_kind_Template, icon: Disc3 },
  Iso: { label: m.palette_kind_Iso, icon: Disc3 },
  Volume: { label: m.palette_kind_Volume, icon: HardDrive },
  VirtualMachineSnapshot: { label: m.palette_kind_VirtualMachineSnapshot, icon: Camera },
  Zone: { label: m.palette_kind_Zone, icon: Map },
  Pod: { label: m.palette_kind_Pod, icon: Map },
  Cluster: { label: m.palette_kind_Cluster, icon: Map },
  StoragePool: { label: m.palette_kind_StoragePool, icon: Database },
  ImageStore: { label: m.palette_kind_ImageStore, icon: Database },
  GuestNetwork: { label: m.palette_kind_GuestNetwork, icon: Network },
  PhysicalNetwork: { label: m.palette_kind_PhysicalNetwork, icon: Network },
  ServiceOffering: { label: m.palette_kind_ServiceOffering, icon: SlidersVertical },
  DiskOffering: { label: m.palette_kind_DiskOffering, icon: SlidersVertical },
  SshKeyPair: { label: m.palette_kind_SshKeyPair, icon: KeySquare },
  AffinityGroup: { label: m.palette_kind_AffinityGroup, icon: Group },
  Role: { label: m.palette_kind_Role, icon: UserCog },
  Tariff: { label: m.palette_kind_Tariff, icon: BadgePercent },
  Budget: { label: m.palette_kind_Budget, icon: BadgePercent },
  Job: { label: m.palette_kind_Job, icon: ListChecks },
};

/** What kind of thing was found; for kinds of a newer server, its own word. */
export function kindOf(kind: string): { label: string; icon: Component } {
  const known = kinds[kind];
  return { label: known?.label() ?? kind, icon: known?.icon ?? Box };
}

/** The page that shows what was found: its own, or that of what it is a part of. */
export function pathOf({ kind, id, node }: Hit): string | undefined {
  const own = targetPath(kind, id);
  if (own !== undefined) return own;
  if (node?.__typename === 'VirtualMachineSnapshot')
    return `/virtual-machines/${node.virtualMachine.id}?tab=snapshots`;
  return node !== null && 'zone' in node ? `/zones/${node.zone.id}` : undefined;
}

/** How it is called; what has no name is called by what it does. */
export function nameOf({ kind, name, node }: Hit): string {
  return kind === 'Job' && node?.__typename === 'Job' ? jobName(node.kind) : name;
}
