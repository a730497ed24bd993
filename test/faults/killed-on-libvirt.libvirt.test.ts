import { MiB } from '@nephos/model/kernel/units.ts';
import { getJobStatistics, setMaximumSpeed } from '@nephos/node-libvirt/migration.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { seenMachine } from '../hypervisor/seen-machine.ts';
import { journalled } from '../support/command-journal.ts';
import { eventually } from '../support/eventually.ts';
import { allHosts, beginOnHost, changeHost, placeOf } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import type { LibvirtHost } from '../support/libvirt-host.ts';
import { startLibvirtWorld, type LibvirtWorld } from '../support/libvirt-world.ts';
import { change, getMachine } from '../support/machines.ts';
import { changeSetting } from '../support/settings.ts';
import { beginJob } from './journey.ts';

let world: LibvirtWorld;
let offeringId: string;
/** Ids of the hosts, in the order of the world's. */
let hostIds: string[];

beforeAll(async () => {
  world = await startLibvirtWorld(2);
  const { admin } = world.server;
  await changeSetting(admin, 'vm.stop.grace', '0');
  const memory = Number(256n * MiB);
  const { createServiceOffering } = await admin.ask<{
    createServiceOffering: { serviceOffering: { id: string } };
  }>(
    'mutation ($input: CreateServiceOfferingInput!) { createServiceOffering(input: $input) { serviceOffering { id } } }',
    {
      input: {
        ...{ name: 'elastic', cpuCount: 1, maxCpuCount: 2, cpuMhz: 500, isScalableLive: true },
        ...{ memory, maxMemory: 2 * memory },
      },
    },
  );
  offeringId = createServiceOffering.serviceOffering.id;
  const hosts = await allHosts(admin);
  hostIds = world.hosts.map(({ name }) => hosts.find((host) => host.name === name)!.id);
});

afterAll(() => world[Symbol.asyncDispose]());

interface Victim {
  what: string;
  kill(host: LibvirtHost): Promise<void>;
  launch(host: LibvirtHost): Promise<void>;
}

const victims: readonly Victim[] = [
  { what: 'the agent', kill: (host) => host.killAgent(), launch: (host) => host.launchAgent() },
  { what: 'libvirtd', kill: (host) => host.killLibvirt(), launch: (host) => host.launchLibvirt() },
];

/** Listens for a change of life of any machine on a host. @returns when it has come */
async function nextChange({ libvirt }: LibvirtHost, wanted: string): Promise<{ come: Promise<unknown> }> {
  const come = Promise.withResolvers<undefined>();
  await libvirt.subscribe(['LIFECYCLE'], ({ change: found }) => found === wanted && come.resolve(undefined));
  return { come: come.promise };
}

/** After what happened just now hosts tell anew what they have. */
const untilBooksBalance = () =>
  vi.waitFor(() => world.expectBalancedBooks(), { timeout: 90_000, interval: 500 });

describe.each(victims)('kill -9 of $what', ({ what, kill, launch }) => {
  let id: string;
  const host = () => world.hosts[0]!;

  async function dies(): Promise<void> {
    await kill(host());
    await launch(host());
  }

  test('while a machine is started', async () => {
    const { admin } = world.server;
    const defined = await nextChange(host(), 'DEFINED');
    const jobId = await beginJob(admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', {
      ...world.machine(`started-${what.replace(' ', '-')}`),
      serviceOfferingId: offeringId,
      hostId: hostIds[0],
    });
    await defined.come;
    await dies();
    const job = await followJob(admin, jobId);
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    id = job.resultId!;
    expect(await seenMachine(host(), id)).toMatchObject({ power: 'ON' });
    await untilBooksBalance();
  });

  test('while it is given more', async () => {
    const { admin } = world.server;
    const memory = Number(512n * MiB);
    const size = { serviceOfferingId: offeringId, cpuCount: 2, memory };
    const jobId = await beginJob(admin, 'scaleVirtualMachine', 'ScaleVirtualMachineInput', { id, ...size });
    await eventually(
      () => journalled(host().folder, 'machine.scale').filter(({ commandId }) => commandId.startsWith(jobId)),
      (commands) => commands.length > 0,
    );
    await dies();
    expect(await followJob(admin, jobId)).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(await seenMachine(host(), id)).toMatchObject({ power: 'ON', cpuCount: 2 });
    await untilBooksBalance();
  });

  test('while it is reinstalled', async () => {
    const { admin } = world.server;
    const before = await getMachine(admin, id);
    const stopped = await nextChange(host(), 'STOPPED');
    const jobId = await beginJob(admin, 'reinstallVirtualMachine', 'ReinstallVirtualMachineInput', { id });
    await stopped.come;
    await dies();
    expect(await followJob(admin, jobId)).toMatchObject({ status: 'SUCCEEDED', error: null });
    const { volumes, state } = await getMachine(admin, id);
    expect(state).toBe('RUNNING');
    expect(volumes[0]!.id).not.toBe(before.volumes[0]!.id);
    const disks = volumes.map((volume) => volume.id.slice(-20));
    expect(await seenMachine(host(), id)).toMatchObject({ power: 'ON', disks });
    await untilBooksBalance();
  });

  test('while its host is emptied', async () => {
    const { admin } = world.server;
    const [from, to] = hostIds as [string, string];
    const domain = host().domain(id);
    await setMaximumSpeed(host().libvirt, domain, 1n);
    const jobId = await beginOnHost(admin, 'prepareHostForMaintenance', { id: from });
    await eventually(
      () => getJobStatistics(host().libvirt, domain),
      ({ type, values }) => type !== 'NONE' && Number(values.data_processed ?? 0) > 0,
    );
    await dies();
    await setMaximumSpeed(host().libvirt, domain, 1024n).catch(() => undefined);
    expect(await followJob(admin, jobId)).toMatchObject({ status: 'SUCCEEDED', error: null });
    await untilBooksBalance();
    expect(await placeOf(admin, id)).toEqual({ state: 'RUNNING', host: to, targetHost: null });
    await changeHost(admin, 'cancelHostMaintenance', { id: from });
    await change(admin, 'destroyVirtualMachine', { id });
    await change(admin, 'expungeVirtualMachine', { id });
    await untilBooksBalance();
  });
});
