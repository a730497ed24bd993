import { MiB } from '@nephos/model/kernel/units.ts';
import { sha512Crypt } from '@nephos/server/compute/virtual-machine/seed/sha512-crypt.ts';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';
import { placeOf } from '../hosts.ts';
import { followJob } from '../jobs.ts';
import { change, findMachine, getMachine, serviceOfferingId } from '../machines.ts';
import { changeSetting } from '../settings.ts';
import { assignAct, unmanageAct } from './changing-hands.ts';
import { nicsOf } from './nics.ts';
import { lastHostOf, outputsOf, perform, succeeded, type Act } from './stage.ts';

/** What is done to a machine from its first stop on. Its next start shows what of it comes to be. */
export const actsWhileStopped: readonly Act[] = [
  {
    shows: ['CREATE_TEMPLATE'],
    what: 'a template is made of its disk',
    run: async ({ server }, { id }) => {
      const { createTemplate } = await server.admin.ask<{
        createTemplate: { template: { id: string }; job: { id: string } };
      }>(
        'mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } job { id } } }',
        { input: { virtualMachineId: id, name: 'of acts' } },
      );
      expect(await followJob(server.admin, createTemplate.job.id)).toMatchObject(succeeded);
      const { node } = await server.admin.ask<{ node: { isReady: boolean } }>(
        'query ($id: ID!) { node(id: $id) { ... on Template { isReady } } }',
        { id: createTemplate.template.id },
      );
      expect(node.isReady).toBe(true);
    },
  },
  assignAct,
  {
    shows: ['MIGRATE', 'SCALE', 'ATTACH_NIC', 'UPDATE_NIC', 'RESET_PASSWORD', 'RESET_SSH_KEYS', 'START'],
    what: 'what is changed of it while it is off is so when it starts, on the host that it was moved to',
    run: async (stage, { id }) => {
      const { admin } = stage.server;
      const old = await stage.see(id);
      const from = await lastHostOf(stage, id);
      const hostId = stage.hosts.find((each) => each !== from)!;
      expect(await change(admin, 'migrateVirtualMachine', { id, hostId })).toMatchObject(succeeded);

      const size = { id, serviceOfferingId: await serviceOfferingId(admin, 'tiny') };
      expect(await perform(admin, 'scaleVirtualMachine', 'ScaleVirtualMachineInput', size)).toBeNull();

      const { networkId } = stage;
      expect(await perform(admin, 'attachNic', 'AttachNicInput', { id, networkId })).toBeNull();
      const [, added] = await nicsOf(admin, id);
      const asDefault = { id, nicId: added!.id, isDefault: true };
      expect(await perform(admin, 'updateNic', 'UpdateNicInput', asDefault)).toBeNull();

      const { createSshKeyPair } = await admin.ask<{
        createSshKeyPair: { sshKeyPair: { id: string; publicKey: string } };
      }>(
        'mutation ($input: CreateSshKeyPairInput!) { createSshKeyPair(input: $input) { sshKeyPair { id publicKey } } }',
        { input: { name: 'second' } },
      );
      const { sshKeyPair } = createSshKeyPair;
      const { reset } = await admin.ask<{ reset: { password: string } }>(
        `mutation ($keys: ResetVirtualMachineSshKeysInput!, $password: ResetVirtualMachinePasswordInput!) {
          resetVirtualMachineSshKeys(input: $keys) { virtualMachine { id } }
          reset: resetVirtualMachinePassword(input: $password) { password }
        }`,
        { keys: { id, sshKeyPairIds: [sshKeyPair.id] }, password: { id } },
      );

      expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject(succeeded);
      expect(await placeOf(admin, id)).toMatchObject({ state: 'RUNNING', host: hostId });
      expect((await stage.see(id, from)).power).toBe('ABSENT');
      const seen = await stage.see(id);
      expect(seen).toMatchObject({
        ...{ power: 'ON', cpuCount: 1, memoryBytes: 256n * MiB, startsFromIso: false },
        macAddresses: [...old.macAddresses, added!.macAddress],
      });
      const [, salt = ''] = /\$6\$([^$]+)\$/.exec(seen.seed) ?? [];
      for (const part of [sshKeyPair.publicKey, sha512Crypt(reset.password, salt)])
        expect(seen.seed).toContain(part);
      await stage.untilUp(id);
      if (stage.inGuest !== undefined) {
        // The cards are given their addresses one after the other.
        const addresses = () => stage.inGuest!(id, '/bin/ip', '-o', '-4', 'addr');
        for (const { ipAddress } of await nicsOf(admin, id))
          await eventually(addresses, (text) => text.includes(`${ipAddress}/24`), 60);
        const routes = await eventually(
          () => stage.inGuest!(id, '/bin/ip', 'route'),
          (text) => text.includes('default '),
          60,
        );
        expect(
          routes.match(/^default .*/gm),
          'one way out, through the card that is the default now',
        ).toEqual([expect.stringMatching(/dev eth1/)]);
      }
      await stage.expectBalancedBooks();
    },
  },
  {
    shows: ['REINSTALL'],
    what: 'it runs on with a new root disk, and its other disk',
    run: async (stage, { id }) => {
      const { admin } = stage.server;
      const before = await getMachine(admin, id);
      expect(await change(admin, 'reinstallVirtualMachine', { id })).toMatchObject(succeeded);
      const after = await getMachine(admin, id);
      expect(after.volumes[0]!.id).not.toBe(before.volumes[0]!.id);
      expect(after.volumes[1]).toEqual(before.volumes[1]);
      expect(await stage.see(id)).toMatchObject({
        power: 'ON',
        disks: after.volumes.map((volume) => volume.id.slice(-20)),
      });
      await stage.expectBalancedBooks();
    },
  },
  {
    shows: ['START', 'REBOOT', 'STOP'],
    what: 'it is rescued from a disc, which stays in its drive; it is reset, and its plug pulled',
    run: async (stage, { id }) => {
      const { server, isoId } = stage;
      const { admin } = server;
      expect(await change(admin, 'stopVirtualMachine', { id, isForced: true })).toMatchObject(succeeded);
      const job = await change(admin, 'startVirtualMachine', { id, bootFromIsoId: isoId });
      expect(job).toMatchObject(succeeded);
      expect(await stage.see(id)).toMatchObject({
        power: 'ON',
        startsFromIso: true,
        isoPath: expect.stringContaining(isoId) as string,
      });
      const reset = await change(admin, 'rebootVirtualMachine', { id, isForced: true });
      expect(await outputsOf(stage, reset.id)).toEqual({ reboot: { forced: true } });
      expect((await stage.see(id)).power).toBe('ON');
      const stop = await change(admin, 'stopVirtualMachine', { id, isForced: true });
      expect(await outputsOf(stage, stop.id)).toEqual({ stop: { forced: true } });
      expect((await stage.see(id)).power).toBe('OFF');
    },
  },
  {
    shows: ['START', 'DESTROY', 'RECOVER'],
    what: 'it is destroyed while it runs, and recovered with all that it had',
    run: async (stage, { id }) => {
      const { admin } = stage.server;
      expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject(succeeded);
      const before = await stage.see(id);
      expect(before.startsFromIso).toBe(false);
      // Its guest has only begun to start, and does not listen yet.
      await changeSetting(admin, 'vm.stop.grace', '0');
      expect(await change(admin, 'destroyVirtualMachine', { id })).toMatchObject(succeeded);
      expect(['OFF', 'ABSENT']).toContain((await stage.see(id)).power);
      expect(
        await admin.ask(
          'mutation ($input: VirtualMachineInput!) { recoverVirtualMachine(input: $input) { virtualMachine { state } } }',
          { input: { id } },
        ),
      ).toEqual({ recoverVirtualMachine: { virtualMachine: { state: 'STOPPED' } } });
      expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject(succeeded);
      expect(await stage.see(id)).toMatchObject({ power: 'ON', disks: before.disks });
    },
  },
  unmanageAct,
  {
    shows: ['EXPUNGE'],
    what: 'nothing is left of it',
    run: async (stage, { id }) => {
      const { admin } = stage.server;
      await change(admin, 'destroyVirtualMachine', { id });
      expect(await change(admin, 'expungeVirtualMachine', { id })).toMatchObject(succeeded);
      expect(await findMachine(admin, id)).toBeNull();
      for (const hostId of stage.hosts) expect((await stage.see(id, hostId)).power).toBe('ABSENT');
      await stage.expectBalancedBooks();
    },
  },
];
