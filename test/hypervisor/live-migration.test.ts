import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { AgentIdentity } from '@nephos/agent-runtime/identity.ts';
import { testAuthority } from '@nephos/agent-runtime/peer/test-authority.ts';
import type { HostDriver } from '@nephos/host-agent/driver.ts';
import { LibvirtDriver } from '@nephos/host-agent/drivers/libvirt/libvirt-driver.ts';
import { plain } from '@nephos/host-agent/migration/test-host.ts';
import { newId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { domainByUuid, getDomainState, listDomains } from '@nephos/node-libvirt/domain.ts';
import { agentCommand } from '@nephos/node-libvirt/guest.ts';
import { setMaximumSpeed } from '@nephos/node-libvirt/migration.ts';
import pino from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { buildGuestImages } from '../support/guest/guest-images.ts';
import { HostProcess } from '../support/host-process.ts';
import { HypervisorHosts, type HypervisorHost } from '../support/hypervisor-hosts.ts';

const cache = path.join(import.meta.dirname, '../../.cache/guest-images');

interface Side {
  host: HypervisorHost;
  agentId: Id<'Agent'>;
  identity: AgentIdentity;
  process: HostProcess;
}

let all: HypervisorHosts;
let from: Side;
let to: Side;
let machine: MachineSpec;

const driverOptions = ({ libvirt, runFolder, networkNamespace }: HypervisorHost) => ({
  socketPath: libvirt.socketPath,
  uri: libvirt.uri,
  runFolder,
  networkNamespace,
  acceleration: { kind: 'tcg' as const, reason: 'tests run everywhere' },
});

const startProcess = ({ host, agentId, identity }: Omit<Side, 'process'>) =>
  HostProcess.start({ agentId, identity, driver: driverOptions(host) });

beforeAll(async () => {
  const images = await buildGuestImages({ folder: cache, log: (line) => console.log(line) });
  all = await HypervisorHosts.start(2);
  const authority = await testAuthority();
  const sides = await Promise.all(
    all.hosts.map(async (host) => {
      const agentId = newId('Agent');
      return { host, agentId, identity: await authority.enrol(agentId) };
    }),
  );
  [from, to] = (await Promise.all(
    sides.map(async (side) => ({ ...side, process: await startProcess(side) })),
  )) as [Side, Side];
  for (const side of [from, to]) await connect(side);
  machine = await startGuest(images.diskImage);
  await untilGuestAnswers(from);
}, 300_000);

afterAll(async () => {
  for (const side of [from, to]) {
    await side.process.kill();
    await connections.get(side)?.close();
  }
  await all[Symbol.asyncDispose]();
});

/** A guest with a disk and a network card on the first host, up and answering. */
async function startGuest(template: string): Promise<MachineSpec> {
  const driver: HostDriver = await LibvirtDriver.open({
    ...driverOptions(from.host),
    log: pino({ level: 'silent' }),
  });
  try {
    const pool = { poolId: newId('StoragePool'), path: all.primary };
    const imageId = newId('Template');
    const volumeId = newId('Volume');
    await driver.attachPool(pool);
    await driver.installBase({ imageId, pool, sourcePath: template, format: 'QCOW2' }, plain);
    await driver.createVolume(
      { volumeId, pool, name: 'root', sizeBytes: 1n * GiB, baseImageId: imageId },
      plain,
    );
    const spec: MachineSpec = {
      machineId: newId('VirtualMachine'),
      name: 'traveller',
      cpuCount: 1,
      memoryBytes: 256n * MiB,
      headroom: null,
      bootMode: 'BIOS',
      disks: [{ volumeId, pool, deviceIndex: 0 }],
      isoPath: null,
      startsFromIso: false,
      nics: [{ isDefault: true, nicId: newId('Nic'), ...all.addressOf(1), network: all.network }],
      seed: null,
    };
    await driver.startMachine({ machine: spec }, plain);
    return spec;
  } finally {
    await driver.close();
  }
}

const domain = () => domainByUuid(uuidOf(machine.machineId));

/** Past the drivers, to see for ourselves. */
const connections = new Map<Side, Libvirt>();

async function connect(side: Side): Promise<void> {
  connections.set(side, await Libvirt.open(side.host.libvirt));
}

/** What a command in the guest says. A guest that is busy may let a question of its agent's pass. */
async function inGuest(side: Side, ...command: string[]): Promise<string> {
  const [program, ...arg] = command;
  const ask = (execute: string, args: Record<string, unknown>) =>
    untilAnswered(() => agentCommand(connections.get(side)!, domain(), { execute, arguments: args }));
  const { pid } = (await ask('guest-exec', { path: program, arg, 'capture-output': true })) as {
    pid: number;
  };
  const ended = await eventually(
    async () => (await ask('guest-exec-status', { pid })) as { exited: boolean; 'out-data'?: string },
    ({ exited }) => exited,
    60,
  );
  return Buffer.from(ended['out-data'] ?? '', 'base64').toString();
}

/** The id is another after every start of a kernel; the seconds since then only grow. */
async function lifeOf(side: Side): Promise<{ bootId: string; uptime: number }> {
  const bootId = await inGuest(side, '/bin/cat', '/proc/sys/kernel/random/boot_id');
  return { bootId, uptime: Number.parseFloat(await inGuest(side, '/bin/cat', '/proc/uptime')) };
}

async function untilGuestAnswers(side: Side): Promise<void> {
  await vi.waitUntil(
    () =>
      agentCommand(connections.get(side)!, domain(), { execute: 'guest-ping' }).then(
        () => true,
        () => false,
      ),
    { timeout: 90_000, interval: 500 },
  );
}

/** Asks again while the answer is an error. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const answered = await vi.waitUntil(
    () =>
      ask().then(
        (answer) => ({ answer }),
        () => undefined,
      ),
    { timeout: 60_000, interval: 500 },
  );
  return answered.answer;
}

async function statesOf(side: Side): Promise<string[]> {
  const libvirt = connections.get(side)!;
  const domains = await listDomains(libvirt);
  return Promise.all(domains.map(async (each) => (await getDomainState(libvirt, each)).state));
}

async function expected(source: Side, destination: Side) {
  const ticket = randomBytes(24).toString('base64url');
  const address = await destination.process.run('migration.expect', {
    machine,
    sourceAgentId: source.agentId,
    ticket,
  });
  const { machineId } = machine;
  return { machineId, destination: address, ticket, allowedDowntimeMs: 300, isForced: false };
}

/** Begins a migration that takes a minute; resolves when it is on its way. */
async function underWay() {
  await setMaximumSpeed(connections.get(from)!, domain(), 1n);
  const order = await expected(from, to);
  const isMoving = Promise.withResolvers<undefined>();
  from.process.onProgress = (percent) => {
    if (percent > 5) isMoving.resolve(undefined);
  };
  const outcome = from.process.run('machine.migrate', order).then(
    () => 'moved',
    (error: unknown) => error,
  );
  expect(await Promise.race([isMoving.promise, outcome])).toBeUndefined();
  return { order, outcome };
}

const moveQuickly = () => setMaximumSpeed(connections.get(from)!, domain(), 1024n);

/** Pings the guest ten times a second from beside the hosts. */
function startPinging() {
  const { ipAddress } = all.addressOf(1);
  const child = spawn('ip', ['netns', 'exec', all.switchNamespace, 'ping', '-n', '-i', '0.1', ipAddress], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  return async () => {
    child.kill('SIGINT');
    await once(child, 'exit');
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(await said) ?? [];
    return { sent: Number(sent), received: Number(received) };
  };
}

test('a guest moves to another host and back, and neither it nor who pings it notices much', async () => {
  const before = await lifeOf(from);
  const stopPinging = startPinging();
  const downtimes: (number | null)[] = [];
  for (const [source, destination] of [
    [from, to],
    [to, from],
  ] as const) {
    const order = await expected(source, destination);
    const { downtimeMs } = await source.process.run('machine.migrate', order);
    downtimes.push(downtimeMs);
    expect(await statesOf(source)).toEqual([]);
    expect(await statesOf(destination)).toEqual(['RUNNING']);
    const { machineId, ticket } = order;
    expect(await destination.process.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ON' });
    const now = await lifeOf(destination);
    expect(now.bootId).toBe(before.bootId);
    expect(now.uptime).toBeGreaterThan(before.uptime);
  }
  const { sent, received } = await stopPinging();
  console.log(`stood still for ${downtimes.join(' and ')} ms; ${sent - received} of ${sent} pings lost`);
  for (const downtime of downtimes) expect(downtime).toBeLessThan(3000);
  expect(received).toBeGreaterThan(20);
  expect(sent - received).toBeLessThan(40);
});

test('the agent of the source dies on the way: the guest runs on there, and moves later', async () => {
  const before = await lifeOf(from);
  const { order, outcome } = await underWay();
  await from.process.kill();
  expect(await outcome).toMatchObject({ message: 'the host process has ended' });
  from.process = await startProcess(from);
  expect(await from.process.observe('machine.migrate', order)).toBeNull();
  expect(await to.process.run('migration.forget', order)).toEqual({ power: 'ABSENT' });
  expect([await statesOf(from), await statesOf(to)]).toEqual([['RUNNING'], []]);
  expect((await lifeOf(from)).bootId).toBe(before.bootId);
  await moveQuickly();
  const again = await expected(from, to);
  await from.process.run('machine.migrate', again);
  expect((await lifeOf(to)).bootId).toBe(before.bootId);
  await to.process.run('machine.migrate', await expected(to, from));
});

test('the agent of the destination dies on the way: the guest runs on where it was', async () => {
  const before = await lifeOf(from);
  const { order, outcome } = await underWay();
  await to.process.kill();
  expect(await outcome).toMatchObject({ code: expect.any(String) as string });
  to.process = await startProcess(to);
  expect(await to.process.run('migration.forget', order)).toEqual({ power: 'ABSENT' });
  expect([await statesOf(from), await statesOf(to)]).toEqual([['RUNNING'], []]);
  expect((await lifeOf(from)).bootId).toBe(before.bootId);
});

test.each(['source', 'destination'] as const)(
  'libvirtd of the %s dies on the way: the guest runs on where it was',
  async (which) => {
    const before = await lifeOf(from);
    const { order, outcome } = await underWay();
    const side = which === 'source' ? from : to;
    process.kill(side.host.libvirt.pid, 'SIGKILL');
    await connections.get(side)!.closed;
    expect(await outcome).toBeInstanceOf(Error);
    await side.host.restartLibvirt();
    await connect(side);
    // Each driver first has to find its daemon again.
    expect(await untilAnswered(() => from.process.observe('machine.migrate', order))).toBeNull();
    expect(await untilAnswered(() => to.process.run('migration.forget', order))).toEqual({ power: 'ABSENT' });
    expect([await statesOf(from), await statesOf(to)]).toEqual([['RUNNING'], []]);
    expect((await lifeOf(from)).bootId).toBe(before.bootId);
  },
);
