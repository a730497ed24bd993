import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { setVcpus } from '@nephos/node-libvirt/device.ts';
import {
  defineDomain,
  destroyDomain,
  domainByUuid,
  getDomainInfo,
  getDomainXml,
  startDomain,
} from '@nephos/node-libvirt/domain.ts';
import pino from 'pino';
import { startPrivateLibvirt } from '../../../../scripts/launch/libvirt.ts';
import { describeDriverContract } from '../../driver-contract.ts';
import { volumeFile } from './directory-pool.ts';
import { readDomainXml } from './domain-xml.ts';
import { LibvirtDriver } from './libvirt-driver.ts';

const foreignXml = ({ uuid, name, file }: { uuid: string; name: string; file: string }) => `
  <domain type='qemu'>
    <name>${name}</name>
    <uuid>${uuid}</uuid>
    <memory unit='MiB'>32</memory>
    <vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices>
      <disk type='file' device='disk'>
        <driver name='qemu' type='qcow2'/>
        <source file='${file}'/>
        <target dev='vda' bus='virtio'/>
      </disk>
    </devices>
  </domain>`;

describeDriverContract('libvirt', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-driver-'));
  chmodSync(folder, 0o755);
  const daemon = await startPrivateLibvirt({ folder: path.join(folder, 'libvirt') });
  const secondary = path.join(folder, 'secondary');
  mkdirSync(secondary);
  const templatePath = path.join(secondary, 'template.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', templatePath, '64M']);
  const isoPath = path.join(secondary, 'disc.iso');
  writeFileSync(isoPath, Buffer.alloc(1024 * 1024));
  const { socketPath, uri } = daemon;
  const driver = await LibvirtDriver.open({
    socketPath,
    uri,
    runFolder: path.join(folder, 'run'),
    networkNamespace: daemon.networkNamespace ?? '',
    acceleration: { kind: 'tcg', reason: 'tests run everywhere' },
    log: pino({ level: 'silent' }),
  });
  let written = 0;
  const behindItsBack = await Libvirt.open({ socketPath, uri });
  return {
    driver,
    primary: path.join(folder, 'primary'),
    secondary,
    templatePath,
    isoPath,
    readSeed: (machineId) =>
      readFile(
        path.join(folder, 'run', 'seeds', `${uuidOf(parseId('VirtualMachine', machineId))}.iso`),
        'latin1',
      ).catch(() => null),
    readSize: async (machineId) => {
      const domain = domainByUuid(uuidOf(parseId('VirtualMachine', machineId)));
      const { memory, vcpus } = await getDomainInfo(behindItsBack, domain);
      return { cpuCount: vcpus, memoryBytes: memory };
    },
    readCards: async (machineId) => {
      const domain = domainByUuid(uuidOf(parseId('VirtualMachine', machineId)));
      return readDomainXml(await getDomainXml(behindItsBack, domain)).macAddresses;
    },
    scribble: (disk) => {
      execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -P ${++written} 0 512`, volumeFile(disk)]);
      return Promise.resolve();
    },
    readDisk: (disk) =>
      Promise.resolve(
        execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'read -v 0 16', volumeFile(disk)], { encoding: 'utf8' })
          .split('\n', 1)
          .join(),
      ),
    makeForeign: async ({ uuid, name, path: file, sizeBytes }) => {
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, sizeBytes.toString()]);
      const domain = await defineDomain(behindItsBack, foreignXml({ uuid, name, file }));
      await startDomain(behindItsBack, domain);
    },
    setCpus: (machineId, cpuCount) =>
      setVcpus(behindItsBack, domainByUuid(uuidOf(parseId('VirtualMachine', machineId))), cpuCount, ['LIVE']),
    // Their disks are empty.
    guestsLetGo: false,
    pullPlug: (machineId) =>
      destroyDomain(behindItsBack, domainByUuid(uuidOf(parseId('VirtualMachine', machineId)))),
    close: async () => {
      await behindItsBack.close();
      await driver.close();
      await daemon.stop({ domains: 'destroy' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
