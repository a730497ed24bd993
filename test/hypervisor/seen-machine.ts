import { readFile } from 'node:fs/promises';
import { readDomainXml } from '@nephos/host-agent/drivers/libvirt/domain-xml.ts';
import { getDomainState, getDomainXml } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { LibvirtHost } from '../support/libvirt-host.ts';
import type { SeenMachine } from '../support/machine-actions/stage.ts';

const KiB = 1024n;
const powers: Partial<Record<string, SeenMachine['power']>> = { RUNNING: 'ON', PAUSED: 'PAUSED' };
const nothing: SeenMachine = {
  power: 'ABSENT',
  cpuCount: 0,
  memoryBytes: 0n,
  bootMode: 'BIOS',
  disks: [],
  macAddresses: [],
  isoPath: null,
  startsFromIso: false,
  seed: '',
};

/** A machine as the domain of its host is, running or defined. */
export async function seenMachine({ libvirt, domain }: LibvirtHost, id: string): Promise<SeenMachine> {
  try {
    const [{ state }, xml] = await Promise.all([
      getDomainState(libvirt, domain(id)),
      getDomainXml(libvirt, domain(id)),
    ]);
    const { isoPath, macAddresses } = readDomainXml(xml);
    const text = (pattern: RegExp) => pattern.exec(xml)?.[1] ?? '';
    const drive = text(/<disk type='file' device='cdrom'>(.*?)<\/disk>/s);
    const seedFile = text(/<source file='([^']*\/seeds\/[^']*)'/);
    return {
      power: powers[state] ?? 'OFF',
      cpuCount: Number(text(/<vcpu[^>]* current='(\d+)'/) || text(/<vcpu[^>]*>(\d+)</)),
      memoryBytes: BigInt(text(/<currentMemory unit='KiB'>(\d+)</)) * KiB,
      bootMode: xml.includes('<loader ') ? 'UEFI' : 'BIOS',
      disks: [...xml.matchAll(/<serial>(.*?)<\/serial>/g)].map(([, serial]) => serial!),
      macAddresses,
      isoPath,
      startsFromIso: drive.includes("<boot order='1'/>"),
      // A machine that was let go of keeps the disc in its drive until it is off, and no file of it.
      seed: await readFile(seedFile, 'latin1').catch(() => ''),
    };
  } catch (error) {
    if (hasErrorCode(error, 'NO_DOMAIN')) return nothing;
    throw error;
  }
}
