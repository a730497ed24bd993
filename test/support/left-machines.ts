import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { destroyDomain, getDomainXml, listDomains, undefineDomain } from '@nephos/node-libvirt/domain.ts';
import { findLibvirt, startPrivateLibvirt } from '../../scripts/launch/libvirt.ts';
import { sendSignal } from '../../scripts/launch/libvirt-namespace.ts';

const run = promisify(execFile);

/** Ends what a product left running on its hypervisor, whether its launcher was stopped or killed. */
export async function destroyLeftMachines(dataFolder: string, runFolder: string): Promise<void> {
  const folder = path.join(dataFolder, 'libvirt');
  if (existsSync(folder)) await (await startPrivateLibvirt({ folder })).stop({ domains: 'destroy' });
  else await clearHost(dataFolder, path.join(runFolder, 'host', 'dhcp'));
}

/** The host's own libvirt runs on, and has others' machines too: only what is of this product goes. */
async function clearHost(dataFolder: string, dhcpFolder: string): Promise<void> {
  const address = existsSync(dhcpFolder) ? await findLibvirt() : null;
  if (address === null) return;
  await using libvirt = await Libvirt.open(address);
  for (const domain of await listDomains(libvirt)) {
    if (!(await getDomainXml(libvirt, domain)).includes(`'${dataFolder}/`)) continue;
    // One that is off cannot be destroyed.
    await destroyDomain(libvirt, domain).catch(() => undefined);
    await undefineDomain(libvirt, domain, ['MANAGED_SAVE', 'SNAPSHOTS_METADATA', 'NVRAM']);
  }
  for (const network of await readdir(dhcpFolder)) {
    const read = (file: string) => readFile(path.join(dhcpFolder, network, file), 'utf8').catch(() => '');
    const pid = Number(await read('pid'));
    if (pid > 0) sendSignal(pid, 'SIGTERM');
    const bridge = /^interface=(.+)$/m.exec(await read('dnsmasq.conf'))?.[1];
    if (bridge !== undefined) await removeOwnBridge(bridge);
  }
}

async function removeOwnBridge(bridge: string): Promise<void> {
  const { stdout } = await run('ip', ['link', 'show', 'dev', bridge]).catch(() => ({ stdout: '' }));
  if (stdout.includes('alias made by nephos')) await run('ip', ['link', 'delete', 'dev', bridge]);
}
