import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import {
  getDomainCapabilities,
  getHypervisorVersion,
  getLibvirtVersion,
  getMemoryStatistics,
  getNodeInfo,
  type Version,
} from '@nephos/node-libvirt/node.ts';
import type { Acceleration } from './acceleration.ts';

const written = ({ major, minor, patch }: Version) => `${major}.${minor}.${patch}`;

async function operatingSystem(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1] ?? os.type();
  return `${name}, kernel ${os.release()}`;
}

/** Whether there is firmware to start guests by UEFI. */
export async function hasUefi(libvirt: Libvirt): Promise<boolean> {
  const capabilities = await getDomainCapabilities(libvirt, { architecture: 'x86_64', machine: 'pc' });
  return /<enum name='firmware'>[^]*?<value>efi<\/value>[^]*?<\/enum>/.test(capabilities);
}

/** What this host is, as libvirt and the system tell. */
export async function readHostFacts(libvirt: Libvirt, acceleration: Acceleration): Promise<HostFacts> {
  const [node, memory, hypervisor, library] = await Promise.all([
    getNodeInfo(libvirt),
    getMemoryStatistics(libvirt),
    getHypervisorVersion(libvirt),
    getLibvirtVersion(libvirt),
  ]);
  const [cpu] = os.cpus();
  return {
    hostname: os.hostname(),
    driver: 'libvirt',
    hypervisor: 'KVM',
    acceleration: acceleration.kind,
    accelerationReason: acceleration.reason,
    hypervisorVersion: `QEMU ${written(hypervisor)}, libvirt ${written(library)}`,
    operatingSystem: await operatingSystem(),
    cpuModel: cpu?.model ?? node.model,
    cpuCores: node.cpus,
    // Virtual machines often do not say how fast their processor is.
    cpuMhz: [node.megahertz, cpu?.speed].find((mhz) => mhz !== undefined && mhz > 0) ?? 1000,
    // The node's own figure counts NUMA cells, and on some machines leaves most of the memory out.
    memoryBytes: memory.total ?? node.memory,
    capabilities: {
      vncConsole: true,
      serialConsole: true,
      gracefulStop: true,
      dhcp: true,
      antiSpoofing: true,
      liveMigration: true,
      // That is when QEMU learned to save memory by its control protocol.
      machineSnapshots: hypervisor.major >= 6,
      uefi: await hasUefi(libvirt),
      foreignMachines: true,
    },
  };
}
