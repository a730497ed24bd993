import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from '../../agents/node-libvirt/connection.ts';
import {
  createDomain,
  defineDomain,
  destroyDomain,
  getDomainState,
  listDomains,
  startDomain,
  suspendDomain,
} from '../../agents/node-libvirt/domain.ts';
import { createNetwork, listNetworks } from '../../agents/node-libvirt/network.ts';
import { listFilters } from '../../agents/node-libvirt/nwfilter.ts';
import { type PrivateLibvirt, startPrivateLibvirt } from './libvirt.ts';
import { LibvirtStartError } from './libvirt-daemon.ts';
import { processesIn, runInNamespace } from './libvirt-namespace.ts';

const run = promisify(execFile);
const uuid = '0b9c2c6e-54d1-4a0e-8a53-0c1c8f1f6b01';

const domainXml = `
  <domain type='qemu'>
    <name>keeper</name><uuid>${uuid}</uuid>
    <memory unit='MiB'>32</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices><graphics type='vnc' port='-1'/></devices>
  </domain>`;

const networkXml = `
  <network>
    <name>inner</name><bridge name='inner0'/>
    <ip address='10.1.1.1' netmask='255.255.255.0'><dhcp><range start='10.1.1.2' end='10.1.1.9'/></dhcp></ip>
  </network>`;

let base: string;
const running = new Set<PrivateLibvirt>();

beforeAll(async () => {
  // The first daemon ever on a host probes its QEMUs; here it shall be this one.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'launch-libvirt-'));
  const first = await startPrivateLibvirt({ folder });
  await first.stop({ domains: 'destroy' });
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'launch-libvirt-'));
  await chmod(base, 0o755);
});

afterEach(async () => {
  for (const libvirt of running) await libvirt.stop({ domains: 'destroy' });
  running.clear();
  await rm(base, { recursive: true, force: true });
});

async function start(name: string): Promise<PrivateLibvirt> {
  const libvirt = await startPrivateLibvirt({ folder: path.join(base, name) });
  running.add(libvirt);
  return libvirt;
}

/** Ids of the QEMUs that run in its namespace. */
const processesOf = ({ networkNamespace }: PrivateLibvirt): Promise<number[]> =>
  processesIn(networkNamespace!, /^qemu-system/);

describe('a private libvirt', () => {
  it('is up within two seconds, apart from the host’s own, and listens on no port', async () => {
    const took: number[] = [];
    let libvirt: PrivateLibvirt;
    // The machine may be busy with something else at one time or another.
    do {
      const begin = performance.now();
      libvirt = await start(`try-${took.length}`);
      took.push(performance.now() - begin);
    } while (took.length < 3);
    expect(Math.min(...took)).toBeLessThan(2000);
    expect(libvirt.socketPath.length).toBeLessThan(60);
    await using connection = await Libvirt.open(libvirt);
    expect(await listDomains(connection)).toEqual([]);
    const filters = (await listFilters(connection)).map(({ name }) => name);
    expect(filters).toEqual(expect.arrayContaining(['clean-traffic', 'no-arp-spoofing', 'allow-dhcp']));
    expect(existsSync('/run/libvirt/libvirt-sock')).toBe(false);
    const { stdout } = await run('ip', ['netns', 'exec', libvirt.networkNamespace!, 'ss', '-Hltun']);
    expect(stdout).toBe('');
    const { stdout: loopback } = await run('ip', [
      '-netns',
      libvirt.networkNamespace!,
      'address',
      'show',
      'lo',
    ]);
    expect(loopback).toContain('127.0.0.1/8');
  });

  it('survives SIGKILL of libvirtd: the machine runs on, is found again, and events come', async () => {
    const first = await start('one');
    const before = await Libvirt.open(first);
    const domain = await startDomain(before, await defineDomain(before, domainXml));
    await createNetwork(before, networkXml);
    const qemus = await processesOf(first);
    expect(qemus.length).toBe(1);
    process.kill(first.pid, 'SIGKILL');
    await before.closed;

    const second = await start('one');
    expect(second).toMatchObject({ isAdopted: false, socketPath: first.socketPath });
    expect(second.pid).not.toBe(first.pid);
    expect(await processesOf(second)).toEqual(qemus);
    await using after = await Libvirt.open(second);
    expect(await listDomains(after, ['ACTIVE'])).toEqual([domain]);
    expect((await listNetworks(after, ['ACTIVE'])).map(({ name }) => name)).toEqual(['inner']);
    const events: string[] = [];
    await after.subscribe(['LIFECYCLE'], ({ change }) => events.push(change));
    await suspendDomain(after, domain);
    await destroyDomain(after, domain);
    await expect.poll(() => events).toEqual(expect.arrayContaining(['SUSPENDED', 'STOPPED']));
    expect(await processesOf(second)).toEqual([]);
  });

  it('starts where one that was killed left filters of its machines half made', async () => {
    const first = await start('one');
    const before = await Libvirt.open(first);
    await createNetwork(before, networkXml);
    const card = `
      <interface type='network'>
        <source network='inner'/>
        <filterref filter='clean-traffic'><parameter name='IP' value='10.1.1.5'/></filterref>
      </interface>`;
    const domain = await createDomain(before, domainXml.replace('<devices>', `<devices>${card}`));
    await first.stop({ domains: 'keep' });
    await before.closed;
    // What is in force of one chain was removed, and what takes its place is not yet called so.
    const ebtables = (...args: string[]) =>
      runInNamespace(first.networkNamespace!, ['ebtables', '-t', 'nat', ...args]);
    const [, vnet] = /^Bridge chain: I-(vnet\d+)-ipv4-ip/m.exec(await ebtables('-L'))!;
    await ebtables('-E', `I-${vnet}-ipv4-ip`, `J-${vnet}-ipv4-ip`);

    const second = await start('one');
    await using after = await Libvirt.open(second);
    expect(await listDomains(after, ['ACTIVE'])).toEqual([domain]);
    expect(await ebtables('-L')).toMatch(/-i vnet\d+ -j libvirt-I-vnet/);
    expect(await ebtables('-L')).not.toContain('J-vnet');
  });

  it('survives SIGKILL of its launcher, and is adopted by the next', async () => {
    const folder = path.join(base, 'one');
    const launcher = launch([], folder, 'console.log(libvirt.pid); setInterval(() => undefined, 1000)');
    const [pid] = (await once(launcher.stdout, 'data')) as [Buffer];
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    const adopted = await start('one');
    expect(adopted).toMatchObject({ isAdopted: true, pid: Number(pid.toString()) });
  });

  it('is stopped and started with its machine running on', async () => {
    const first = await start('one');
    const before = await Libvirt.open(first);
    const domain = await createDomain(before, domainXml);
    await first.stop({ domains: 'keep' });
    await before.closed;
    await expect.poll(() => existsSync(`/proc/${first.pid}`)).toBe(false);
    expect((await processesOf(first)).length).toBe(1);
    const second = await start('one');
    await using after = await Libvirt.open(second);
    expect((await getDomainState(after, domain)).state).toBe('RUNNING');
  });

  it('leaves nothing behind when it is stopped with its machines, even after libvirtd has died', async () => {
    const libvirt = await start('one');
    await using connection = await Libvirt.open(libvirt);
    await startDomain(connection, await defineDomain(connection, domainXml));
    await createNetwork(connection, networkXml);
    const [qemu] = await processesOf(libvirt);
    process.kill(libvirt.pid, 'SIGKILL');
    await libvirt.stop({ domains: 'destroy' });
    running.delete(libvirt);
    expect(existsSync(`/proc/${qemu}`)).toBe(false);
    expect(existsSync(path.dirname(libvirt.socketPath))).toBe(false);
    const { stdout } = await run('ip', ['netns', 'list']);
    expect(stdout).not.toContain(libvirt.networkNamespace);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(base);
    expect(processesWith(base)).toEqual([]);
    // What was defined is still defined.
    const again = await start('one');
    await using later = await Libvirt.open(again);
    expect((await listDomains(later)).map(({ name }) => name)).toEqual(['keeper']);
  });

  it('runs beside another with the same names and addresses', async () => {
    const [one, two] = await Promise.all([start('one'), start('two')]);
    expect(one.networkNamespace).not.toBe(two.networkNamespace);
    for (const libvirt of [one, two]) {
      await using connection = await Libvirt.open(libvirt);
      await createDomain(connection, domainXml);
      await createNetwork(connection, networkXml);
      expect((await listDomains(connection)).length).toBe(1);
    }
    await two.stop({ domains: 'destroy' });
    running.delete(two);
    await using connection = await Libvirt.open(one);
    expect((await listDomains(connection, ['ACTIVE'])).length).toBe(1);
  });

  it('works from a folder with a long path, and as root where QEMU’s user cannot go', async () => {
    const deep = path.join('closed', ...Array.from({ length: 6 }, () => 'x'.repeat(40)));
    await mkdir(path.join(base, 'closed'), { mode: 0o700 });
    const libvirt = await start(deep);
    expect(libvirt.qemuUser).toMatchObject({
      name: 'root',
      reason: expect.stringContaining('cannot reach') as string,
    });
    await using connection = await Libvirt.open(libvirt);
    await createDomain(connection, domainXml);
    const [qemu] = await processesOf(libvirt);
    expect(await readFile(`/proc/${qemu}/status`, 'utf8')).toMatch(/^Uid:\t0\t/m);
  });

  it('runs QEMU as an unprivileged user where that can be', async () => {
    const libvirt = await start('one');
    expect(libvirt.qemuUser).toMatchObject({ name: 'libvirt-qemu' });
    await using connection = await Libvirt.open(libvirt);
    await createDomain(connection, domainXml);
    const [qemu] = await processesOf(libvirt);
    expect(await readFile(`/proc/${qemu}/status`, 'utf8')).not.toMatch(/^Uid:\t0\t/m);
  });

  it('runs as an ordinary user’s where no namespaces can be made', async () => {
    const powerless = ['--bounding-set=-sys_admin,-net_admin', '--inh-caps=-sys_admin,-net_admin'];
    const launcher = launch(
      ['setpriv', ...powerless],
      path.join(base, 'one'),
      `const connection = await Libvirt.open(libvirt);
      await createDomain(connection, ${JSON.stringify(domainXml)});
      console.log(JSON.stringify({ ...libvirt, domains: await listDomains(connection) }));
      await connection.close();
      await libvirt.stop({ domains: 'destroy' });`,
    );
    const [output] = (await once(launcher.stdout, 'data')) as [Buffer];
    const [status] = (await once(launcher, 'exit')) as [number];
    expect(status).toBe(0);
    expect(JSON.parse(output.toString())).toMatchObject({
      uri: 'qemu:///session',
      networkNamespace: null,
      qemuUser: { reason: 'this process may not make namespaces' },
      domains: [{ name: 'keeper' }],
    });
    expect(processesWith(base)).toEqual([]);
  });

  it('says what libvirtd said last when it does not start', async () => {
    const folder = path.join(base, 'broken');
    await mkdir(path.join(folder, 'etc', 'libvirt'), { recursive: true });
    await writeFile(path.join(folder, 'etc', 'libvirt', 'qemu'), 'this should be a folder');
    const attempt = startPrivateLibvirt({ folder });
    await expect(attempt).rejects.toThrow(LibvirtStartError);
    await expect(attempt).rejects.toThrow(/libvirtd\.log are:\n.*etc\/libvirt\/qemu/s);
    const id = createHash('sha256').update(folder).digest('hex').slice(0, 12);
    expect(existsSync(`/run/netns/nephos-${id}`)).toBe(false);
    expect(existsSync(`/run/nephos/${id}`)).toBe(false);
  });
});

/** Command lines that name this folder. */
function processesWith(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(folder));
}

/** Another process, below `prefix`, that starts the `libvirt` of this folder and then runs this code. */
function launch(prefix: readonly string[], folder: string, code: string) {
  const from = (file: string) => JSON.stringify(path.join(import.meta.dirname, file));
  const script = `
    import { startPrivateLibvirt } from ${from('libvirt.ts')};
    import { Libvirt } from ${from('../../agents/node-libvirt/connection.ts')};
    import { createDomain, listDomains } from ${from('../../agents/node-libvirt/domain.ts')};
    const libvirt = await startPrivateLibvirt({ folder: ${JSON.stringify(folder)} });
    ${code}`;
  const command = [...prefix, process.execPath, '--input-type=module-typescript', '--eval', script];
  return spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
}
