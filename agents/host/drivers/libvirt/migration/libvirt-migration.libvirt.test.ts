import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { duplexPair } from 'node:stream';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { AgentIdentity } from '@nephos/agent-runtime/identity.ts';
import { openPeerStream } from '@nephos/agent-runtime/peer/peer-stream.ts';
import { relay } from '@nephos/agent-runtime/peer/relay.ts';
import { testAuthority } from '@nephos/agent-runtime/peer/test-authority.ts';
import { newId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { messageType, readFrame } from '@nephos/node-libvirt/frame.ts';
import { setMaximumSpeed } from '@nephos/node-libvirt/migration.ts';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startPrivateLibvirt } from '../../../../../scripts/launch/libvirt.ts';
import type { HostDriver } from '../../../driver.ts';
import { describeMigrationContract } from '../../../migration/migration-contract.ts';
import { MigrationTestHost, plain } from '../../../migration/test-host.ts';
import { LibvirtDriver } from '../libvirt-driver.ts';
import { frameGate } from './frame-gate.ts';

/** A libvirt of its own, and a driver of it. */
async function aHost(folder: string) {
  const daemon = await startPrivateLibvirt({ folder: path.join(folder, 'libvirt') });
  const { socketPath, uri, networkNamespace } = daemon;
  const driver = await LibvirtDriver.open({
    socketPath,
    uri,
    runFolder: path.join(folder, 'run'),
    networkNamespace: networkNamespace ?? '',
    acceleration: { kind: 'tcg', reason: 'tests run everywhere' },
    log: pino({ level: process.env.NEPHOS_AGENT_LOG_LEVEL ?? 'silent' }),
  });
  return { driver, daemon };
}

async function twoHosts() {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-move-'));
  chmodSync(folder, 0o755);
  const hosts = [await aHost(path.join(folder, 'one')), await aHost(path.join(folder, 'two'))] as const;
  return {
    hosts,
    primary: path.join(folder, 'primary'),
    close: async () => {
      for (const { driver, daemon } of hosts) {
        await driver.close();
        await daemon.stop({ domains: 'destroy' });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeMigrationContract('libvirt', async () => {
  const { hosts, primary, close } = await twoHosts();
  const [one, two] = hosts;
  const behindItsBack = await Libvirt.open(one.daemon);
  return {
    drivers: [one.driver, two.driver],
    primary,
    // Firmware that fills much of the memory: pages of zeros do not have to travel.
    slowMachine: { bootMode: 'UEFI', memoryBytes: 128n * MiB },
    slowDown: (machineId) => setMaximumSpeed(behindItsBack, domainByUuid(uuidOf(machineId)), 1n),
    close: async () => {
      await behindItsBack.close();
      await close();
    },
  };
});

describe('two hosts', () => {
  let world: Awaited<ReturnType<typeof twoHosts>>;
  let source: MigrationTestHost;
  let destination: MigrationTestHost;
  let identity: AgentIdentity;
  let machine: MachineSpec;

  beforeAll(async () => {
    world = await twoHosts();
    const authority = await testAuthority();
    const [one, two] = world.hosts;
    const agentId = newId('Agent');
    identity = await authority.enrol(agentId);
    source = new MigrationTestHost({ driver: one.driver, agentId, identity });
    const otherId = newId('Agent');
    destination = new MigrationTestHost({
      driver: two.driver,
      agentId: otherId,
      identity: await authority.enrol(otherId),
    });
  });

  afterAll(async () => {
    await source.close();
    await destination.close();
    await world.close();
  });

  afterEach(async () => {
    for (const { driver } of [source, destination]) await driver.removeMachine(machine.machineId);
  });

  /** Sends the machine, and cuts what libvirtd says to libvirtd before the last call of a migration, or its answer. */
  async function sendAndCut(before: 'call' | 'reply') {
    const { machineId } = machine;
    const ticket = randomBytes(24).toString('base64url');
    const { agentId } = source;
    const peer = await destination.run('migration.expect', { machine, sourceAgentId: agentId, ticket });
    let isCut = false;
    const open = async (channel: string) => {
      const stream = await openPeerStream({ identity, peer, ticket, channel });
      if (channel !== 'control') return stream;
      const [near, far] = duplexPair();
      const gate = frameGate((frame) => {
        const { procedure, type } = readFrame(frame).header;
        if (procedure === finishProcedure && type === messageType[before]) throw new Error('cut');
      });
      gate.on('error', () => {
        isCut = true;
        near.destroy();
      });
      const [left, right] = before === 'call' ? [far, stream] : [stream, far];
      void relay(left, right, gate);
      return near;
    };
    const powerThere = () => destination.driver.observeMachine(machineId).then(({ power }) => power);
    const payload = { machineId, destination: peer, ticket, allowedDowntimeMs: 300, isForced: false };
    const outcome = await source.driver.migration.send(payload, { open, powerThere }, plain).then(
      () => 'moved',
      () => 'failed',
    );
    expect(isCut).toBe(true);
    await destination.run('migration.forget', { machineId, ticket });
    return outcome;
  }

  const powers = () => Promise.all([source, destination].map((host) => host.power(machine.machineId)));

  const breaks = 'the connection between the daemons breaks';

  test(`${breaks} before the other host could be told to let it run: it runs here`, async () => {
    machine = await aMachine(source.driver, world.primary);
    expect(await sendAndCut('call')).toBe('failed');
    expect(await powers()).toEqual(['ON', 'ABSENT']);
  });

  test(`${breaks} before the other host could say that it runs there: it does, and stands still here`, async () => {
    machine = await aMachine(source.driver, world.primary);
    expect(await sendAndCut('reply')).toBe('moved');
    const [here, there] = await powers();
    expect(there).toBe('ON');
    expect(here).not.toBe('ON');
  });

  test('a machine with all that it may have moves', async () => {
    const isoPath = path.join(path.dirname(world.primary), 'disc.iso');
    writeFileSync(isoPath, Buffer.alloc(1024 * 1024));
    const network = {
      networkId: newId('GuestNetwork'),
      bridge: 'guests0',
      cidr: '10.9.0.0/24',
      gateway: '10.9.0.1',
      dns: ['10.9.0.1'],
      domain: null,
    };
    const nics = [2, 3].map((last) => ({
      nicId: newId('Nic'),
      isDefault: last === 2,
      macAddress: `52:54:00:00:00:0${last}`,
      ipAddress: `10.9.0.${last}`,
      network,
    }));
    machine = await aMachine(source.driver, world.primary, {
      cpuCount: 1,
      memoryBytes: 128n * MiB,
      headroom: { cpuCount: 2, memoryBytes: 256n * MiB },
      bootMode: 'UEFI',
      isoPath,
      nics,
      seed: { version: 1, publicKeys: [], userData: 'nothing', passwordHash: null },
    });
    const { machineId } = machine;
    // What is plugged in and out while it runs leaves addresses on its buses that no other start would give.
    await source.driver.setIso({ machineId, isoPath: null });
    for (const [from, to] of [
      [source, destination],
      [destination, source],
    ] as const) {
      const ticket = randomBytes(24).toString('base64url');
      const peer = await to.run('migration.expect', {
        machine: { ...machine, isoPath: null },
        sourceAgentId: from.agentId,
        ticket,
      });
      const order = { machineId, destination: peer, ticket, allowedDowntimeMs: 1000, isForced: true };
      await from.run('machine.migrate', order);
      expect(await to.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ON' });
      await from.driver.removeMachine(machineId);
      const screen = await to.driver.openConsole(machineId);
      const greeting = await new Promise<Buffer>((resolve) => screen.once('data', resolve));
      expect(greeting.toString('latin1')).toMatch(/^RFB/);
      screen.destroy();
    }
    expect(await source.driver.setIso({ machineId, isoPath })).toMatchObject({ power: 'ON', isoPath });
  });
});

/** REMOTE_PROC_DOMAIN_MIGRATE_FINISH3_PARAMS: the machine is to run on the other host now. */
const finishProcedure = 306;

async function aMachine(
  driver: HostDriver,
  primary: string,
  overrides: Partial<MachineSpec> = {},
): Promise<MachineSpec> {
  const pool = { poolId: newId('StoragePool'), path: primary };
  const volumeId = newId('Volume');
  await driver.attachPool(pool);
  const disk = { volumeId, pool, name: 'traveller', sizeBytes: 64n * MiB, baseImageId: null };
  await driver.createVolume(disk, plain);
  const spec: MachineSpec = {
    machineId: newId('VirtualMachine'),
    name: 'traveller',
    cpuCount: 1,
    memoryBytes: 32n * MiB,
    headroom: null,
    bootMode: 'BIOS',
    disks: [{ volumeId, pool, deviceIndex: 0 }],
    isoPath: null,
    startsFromIso: false,
    nics: [],
    seed: null,
    ...overrides,
  };
  await driver.startMachine({ machine: spec }, plain);
  return spec;
}
