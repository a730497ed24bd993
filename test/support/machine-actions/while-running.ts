import { MiB } from '@nephos/model/kernel/units.ts';
import { sha512Crypt } from '@nephos/server/compute/virtual-machine/seed/sha512-crypt.ts';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';
import { placeOf } from '../hosts.ts';
import { followJob } from '../jobs.ts';
import { change, getMachine } from '../machines.ts';
import { nicsOf } from './nics.ts';
import { snapshotAct } from './changing-hands.ts';
import { readConsole } from './console.ts';
import { outputsOf, perform, succeeded, type Act, type Stage } from './stage.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me';
const userData = '#!/bin/sh\necho told >/run/told\n';

/** An offering whose machines may be given twice of all while they run. */
async function elasticOffering({ server }: Stage): Promise<string> {
  const memory = Number(256n * MiB);
  const { createServiceOffering } = await server.admin.ask<{
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
  return createServiceOffering.serviceOffering.id;
}

/** What is done to a machine from its first start on, while it runs. */
export const actsWhileRunning: readonly Act[] = [
  {
    shows: [],
    what: 'it is deployed with a data disk, a key, user data, a password, labels and a group',
    run: async (stage, machine) => {
      const { admin } = stage.server;
      const { diskOfferings, createSshKeyPair } = {
        ...(await admin.ask<{ diskOfferings: { nodes: { id: string }[] } }>(
          '{ diskOfferings(search: "1 GiB") { nodes { id } } }',
        )),
        ...(await admin.ask<{ createSshKeyPair: { sshKeyPair: { id: string } } }>(
          'mutation ($input: CreateSshKeyPairInput!) { createSshKeyPair(input: $input) { sshKeyPair { id } } }',
          { input: { name: 'first', publicKey } },
        )),
      };
      const { deployVirtualMachine } = await admin.ask<{
        deployVirtualMachine: {
          virtualMachine: { id: string };
          job: { id: string };
          passwords: { password: string }[];
        };
      }>(
        `mutation ($input: DeployVirtualMachineInput!) {
          deployVirtualMachine(input: $input) { virtualMachine { id } job { id } passwords { password } }
        }`,
        {
          input: {
            ...stage.machine('acts'),
            serviceOfferingId: await elasticOffering(stage),
            dataDisks: [{ diskOfferingId: diskOfferings.nodes[0]?.id }],
            sshKeyPairIds: [createSshKeyPair.sshKeyPair.id],
            ...{ userData, generatesPassword: true, group: 'players' },
            tags: [{ key: 'stage', value: 'left' }],
            details: [{ key: 'note', value: 'first' }],
          },
        },
      );
      expect(await followJob(admin, deployVirtualMachine.job.id)).toMatchObject(succeeded);
      machine.id = deployVirtualMachine.virtualMachine.id;
      const { volumes } = await getMachine(admin, machine.id);
      const seen = await stage.see(machine.id);
      expect(seen).toMatchObject({
        ...{ power: 'ON', cpuCount: 1, bootMode: 'BIOS' },
        disks: volumes.map(({ id }) => id.slice(-20)),
        macAddresses: (await nicsOf(admin, machine.id)).map(({ macAddress }) => macAddress),
        isoPath: null,
      });
      const [, salt = ''] = /\$6\$([^$]+)\$/.exec(seen.seed) ?? [];
      const hash = sha512Crypt(deployVirtualMachine.passwords[0]!.password, salt);
      for (const part of [publicKey, 'echo told', hash]) expect(seen.seed).toContain(part);
      await stage.untilUp(machine.id);
      // The guest has to give back what it is only to get later.
      await eventually(
        () => stage.see(machine.id),
        ({ memoryBytes }) => memoryBytes === 256n * MiB,
      );
      if (stage.inGuest !== undefined) {
        const told = () => stage.inGuest!(machine.id, '/bin/cat', '/run/told');
        await eventually(told, (said) => said === 'told\n');
        expect(await stage.inGuest(machine.id, '/bin/cat', '/sys/block/vdb/size')).toBe('2097152\n');
        expect(await stage.inGuest(machine.id, '/bin/hostname')).toBe('acts\n');
      }
    },
  },
  {
    shows: ['OPEN_CONSOLE'],
    what: 'its screen and its serial port are opened',
    run: async ({ server, inGuest }, { id }) => {
      const typed = inGuest === undefined ? '' : 'echo $((6 * 7))\n';
      await readConsole(server, id, 'SERIAL', { typed, until: inGuest === undefined ? /login: $/ : /42\r/ });
      if (inGuest !== undefined) await readConsole(server, id, 'VNC', { until: /^RFB 003\.008\n/ });
    },
  },
  {
    shows: ['UPDATE', 'UPDATE_AFFINITY'],
    what: 'it is called otherwise, tagged, and kept apart',
    run: async ({ server }, { id }) => {
      const { admin } = server;
      const update = { id, name: 'acts-on', tags: [{ key: 'stage', value: 'right' }] };
      const { createAffinityGroup } = await admin.ask<{
        createAffinityGroup: { affinityGroup: { id: string } };
      }>(
        'mutation ($input: CreateAffinityGroupInput!) { createAffinityGroup(input: $input) { affinityGroup { id } } }',
        { input: { name: 'apart', kind: 'HOST_ANTI_AFFINITY', enforcement: 'HARD' } },
      );
      const affinityGroupIds = [createAffinityGroup.affinityGroup.id];
      expect(
        await admin.ask(
          `mutation ($update: UpdateVirtualMachineInput!, $affinity: UpdateVirtualMachineAffinityInput!) {
            updateVirtualMachine(input: $update) { virtualMachine { name tags { key value } } }
            updateVirtualMachineAffinity(input: $affinity) { virtualMachine { affinityGroups { name } } }
          }`,
          { update, affinity: { id, affinityGroupIds } },
        ),
      ).toEqual({
        updateVirtualMachine: { virtualMachine: { name: 'acts-on', tags: update.tags } },
        updateVirtualMachineAffinity: { virtualMachine: { affinityGroups: [{ name: 'apart' }] } },
      });
    },
  },
  {
    shows: ['ATTACH_ISO', 'DETACH_ISO'],
    what: 'a disc goes into its drive and out again',
    run: async ({ server, see, isoId }, { id }) => {
      expect(await change(server.admin, 'attachIso', { id, isoId })).toMatchObject(succeeded);
      expect((await see(id)).isoPath).toContain(isoId);
      expect(await change(server.admin, 'detachIso', { id })).toMatchObject(succeeded);
      expect((await see(id)).isoPath).toBeNull();
    },
  },
  {
    shows: ['SUSPEND', 'RESUME'],
    what: 'it stands still and goes on',
    run: async ({ server, see }, { id }) => {
      expect(await change(server.admin, 'suspendVirtualMachine', { id })).toMatchObject(succeeded);
      expect((await see(id)).power).toBe('PAUSED');
      expect(await change(server.admin, 'resumeVirtualMachine', { id })).toMatchObject(succeeded);
      expect((await see(id)).power).toBe('ON');
    },
  },
  {
    shows: ['ATTACH_NIC', 'UPDATE_NIC', 'DETACH_NIC'],
    what: 'a network card is plugged in, is the default for a moment, and is taken out',
    run: async ({ server, see, networkId, inGuest }, { id }) => {
      const { admin } = server;
      const attached = await perform(admin, 'attachNic', 'AttachNicInput', { id, networkId });
      expect(attached).toMatchObject(succeeded);
      const [first, second] = await nicsOf(admin, id);
      expect((await see(id)).macAddresses).toEqual([first!.macAddress, second!.macAddress]);
      if (inGuest !== undefined) {
        const addresses = () => inGuest(id, '/bin/ip', '-o', '-4', 'addr');
        await eventually(addresses, (text) => text.includes(`${second!.ipAddress}/24`));
        const routes = await inGuest(id, '/bin/ip', 'route');
        expect(routes.match(/^default .*/gm), 'one way out, through the default card').toEqual([
          expect.stringMatching(/dev eth0/),
        ]);
      }
      for (const nicId of [second!.id, first!.id])
        expect(
          await perform(admin, 'updateNic', 'UpdateNicInput', { id, nicId, isDefault: true }),
        ).toBeNull();
      const detached = await perform(admin, 'detachNic', 'DetachNicInput', { id, nicId: second!.id });
      expect(detached).toMatchObject(succeeded);
      expect((await see(id)).macAddresses).toEqual([first!.macAddress]);
      if (inGuest !== undefined) expect(await inGuest(id, '/bin/ls', '/sys/class/net')).not.toContain('eth1');
    },
  },
  {
    shows: ['RESET_PASSWORD'],
    what: 'its guest is given another password while it runs',
    run: async ({ server, rootPasswordHash }, { id }) => {
      const { answer } = await server.admin.ask<{ answer: { job: { id: string }; password: string } }>(
        `mutation ($input: ResetVirtualMachinePasswordInput!) {
          answer: resetVirtualMachinePassword(input: $input) { job { id } password } }`,
        { input: { id } },
      );
      expect(await followJob(server.admin, answer.job.id)).toMatchObject(succeeded);
      const hash = await rootPasswordHash(id);
      expect(hash).toBe(sha512Crypt(answer.password, hash.split('$')[2] ?? ''));
    },
  },
  {
    shows: ['SCALE'],
    what: 'it is given more while it runs',
    run: async ({ server, see, inGuest }, { id }) => {
      const { virtualMachine } = await server.admin.ask<{
        virtualMachine: { serviceOffering: { id: string } };
      }>('query ($id: ID!) { virtualMachine(id: $id) { serviceOffering { id } } }', { id });
      const memory = Number(512n * MiB);
      const size = { serviceOfferingId: virtualMachine.serviceOffering.id, cpuCount: 2, memory };
      expect(await change(server.admin, 'scaleVirtualMachine', { id, ...size })).toMatchObject(succeeded);
      await eventually(
        () => see(id),
        ({ cpuCount, memoryBytes }) => cpuCount === 2 && memoryBytes === 512n * MiB,
      );
      if (inGuest === undefined) return;
      const online = () => inGuest(id, '/bin/cat', '/sys/devices/system/cpu/online');
      await eventually(online, (cpus) => cpus === '0-1\n');
    },
  },
  {
    shows: ['MIGRATE'],
    what: 'it moves to the other host while it runs',
    run: async (stage, { id }) => {
      const { admin } = stage.server;
      const before = await stage.untilUp(id);
      const { host: from } = await placeOf(admin, id);
      const hostId = stage.hosts.find((each) => each !== from)!;
      expect(await change(admin, 'migrateVirtualMachine', { id, hostId })).toMatchObject(succeeded);
      expect(await placeOf(admin, id)).toMatchObject({ state: 'RUNNING', host: hostId });
      expect(await stage.see(id)).toMatchObject({ power: 'ON', cpuCount: 2, memoryBytes: 512n * MiB });
      expect((await stage.see(id, from!)).power).toBe('ABSENT');
      expect(await stage.untilUp(id), 'it was not started anew').toBe(before);
      await stage.expectBalancedBooks();
    },
  },
  snapshotAct,
  {
    shows: ['REBOOT'],
    what: 'its guest restarts when it is asked',
    run: async (stage, { id }) => {
      const before = await stage.untilUp(id);
      const job = await change(stage.server.admin, 'rebootVirtualMachine', { id });
      expect(job).toMatchObject(succeeded);
      expect(await outputsOf(stage, job.id)).toEqual({ reboot: { forced: false } });
      expect(await stage.untilUp(id)).not.toBe(before);
    },
  },
  {
    shows: ['STOP'],
    what: 'its guest shuts down when it is asked',
    run: async (stage, { id }) => {
      const job = await change(stage.server.admin, 'stopVirtualMachine', { id });
      expect(job).toMatchObject(succeeded);
      expect(await outputsOf(stage, job.id)).toEqual({ stop: { forced: false } });
      expect((await stage.see(id)).power).toBe('OFF');
      await stage.expectBalancedBooks();
    },
  },
];
