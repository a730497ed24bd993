import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readState } from '@nephos/host-agent/drivers/simulator/simulated-state.ts';
import type { ApiClient } from '../support/api-client.ts';
import { runBesideGuests } from './guest.ts';
import { guestBridge } from './steps/zone.ts';
import type { World } from './world.ts';

interface Holdings {
  virtualMachines: { totalCount: number };
  volumes: { totalCount: number };
  templates: { totalCount: number };
  isos: { totalCount: number };
  guestIpRanges: { nodes: { used: number }[] };
  hosts: { nodes: { capacity: { cpuMhzReserved: number; memoryReserved: number } }[] };
  storagePools: { nodes: { capacity: { allocated: number } }[] };
}

/** What the API says is held, one line each. */
export async function heldByApi(admin: ApiClient): Promise<string[]> {
  const held = await admin.ask<Holdings>(`{
    virtualMachines { totalCount } volumes { totalCount } templates { totalCount } isos { totalCount }
    guestIpRanges { nodes { used } }
    hosts { nodes { capacity { cpuMhzReserved memoryReserved } } }
    storagePools { nodes { capacity { allocated } } }
  }`);
  const counts = {
    machines: held.virtualMachines.totalCount,
    disks: held.volumes.totalCount,
    templates: held.templates.totalCount,
    isos: held.isos.totalCount,
    addresses: held.guestIpRanges.nodes[0]?.used,
    megahertz: held.hosts.nodes[0]?.capacity.cpuMhzReserved,
    'bytes of memory': held.hosts.nodes[0]?.capacity.memoryReserved,
    'bytes of disk': held.storagePools.nodes[0]?.capacity.allocated,
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count ?? 'no'} ${what}`]));
}

/** Files in a folder and below. */
export async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Addresses that DHCP would still hand out, cables that are still plugged in, and screens that are still there. */
export async function heldByGuestNetwork(world: World): Promise<string[]> {
  const run = path.join(world.product.runFolder, 'host');
  const dhcp = path.join(run, 'dhcp');
  const hosts = await Promise.all(
    (await readdir(dhcp)).map((network) => readFile(path.join(dhcp, network, 'hosts'), 'utf8')),
  );
  const signal = AbortSignal.timeout(10_000);
  const ports = await runBesideGuests(world, ['ip', '-o', 'link', 'show', 'master', guestBridge], signal);
  const lines = [...hosts, ports].flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return [...lines, ...(await readdir(path.join(run, 'vnc')))];
}

/** What the simulated host has. */
export function heldBySimulator({ product }: World): string[] {
  const file = path.join(product.dataFolder, 'agents/host/simulated.json');
  const { machines, volumes, bases } = readState(file);
  return [machines, volumes, bases].flatMap((things) => Object.keys(things));
}

/** Processes that were started with one of these folders, one line each. */
export async function processesIn(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const command = await read('cmdline');
    const text = command + (await read('environ'));
    if (folders.some((folder) => text.includes(folder)))
      found.push(`process ${pid} (${command.replaceAll('\0', ' ')})`);
  }
  return found;
}
