import { expect } from 'vitest';
import { foreignNamed, importMachine, unmanage } from '../foreign-machines.ts';
import { changeSnapshot, snapshot } from '../snapshots.ts';
import { getMachine, serviceOfferingId } from '../machines.ts';
import { aTenant } from '../tenancy.ts';
import { nicsOf } from './nics.ts';
import { succeeded, type Act } from './stage.ts';

/** It is as it was, and then as it was before that. */
export const snapshotAct: Act = {
  shows: ['CREATE_SNAPSHOT'],
  what: 'its disks and memory are kept, it goes back to them, and they are forgotten',
  run: async (stage, { id }) => {
    const { admin } = stage.server;
    const before = await stage.untilUp(id);
    const { snapshotId, job } = await snapshot(admin, id, { name: 'as it is' });
    expect(job).toMatchObject(succeeded);
    await stage.expectBalancedBooks();
    await stage.inGuest?.(id, '/bin/touch', '/data/later');
    expect(await changeSnapshot(admin, 'revertToVirtualMachineSnapshot', snapshotId)).toMatchObject(
      succeeded,
    );
    expect(await stage.untilUp(id), 'it was not started anew').toBe(before);
    if (stage.inGuest !== undefined)
      expect(await stage.inGuest(id, '/bin/ls', '/data')).not.toContain('later');
    expect(await changeSnapshot(admin, 'deleteVirtualMachineSnapshot', snapshotId)).toMatchObject(succeeded);
    await stage.expectBalancedBooks();
  },
};

/** Whose it is. */
export const assignAct: Act = {
  shows: ['ASSIGN'],
  what: 'it is given to another account, and back',
  run: async ({ server, expectBalancedBooks }, { id }) => {
    const { admin } = server;
    const other = await aTenant(server, 'taker');
    const { virtualMachine } = await admin.ask<{ virtualMachine: { account: { id: string } } }>(
      'query ($id: ID!) { virtualMachine(id: $id) { account { id } } }',
      { id },
    );
    for (const accountId of [other.accountId, virtualMachine.account.id]) {
      expect(
        await admin.ask(
          `mutation ($input: AssignVirtualMachineInput!) {
            assignVirtualMachine(input: $input) { virtualMachine { account { id } } } }`,
          { input: { id, accountId } },
        ),
      ).toEqual({ assignVirtualMachine: { virtualMachine: { account: { id: accountId } } } });
      await expectBalancedBooks();
    }
  },
};

/** Whether it is anybody's. */
export const unmanageAct: Act = {
  shows: ['UNMANAGE'],
  what: 'it is let go of while it runs, and imported again',
  run: async (stage, { id }) => {
    const { admin } = stage.server;
    const before = await stage.see(id);
    const nics = await nicsOf(admin, id);
    const { foreignName, job } = await unmanage(admin, id);
    expect(job).toMatchObject(succeeded);
    const foreign = await foreignNamed(admin, foreignName);
    expect(foreign).toMatchObject({ power: 'ON', obstacle: null });
    const imported = await importMachine(admin, {
      foreignMachineId: foreign.id,
      name: 'acts-again',
      serviceOfferingId: await serviceOfferingId(admin, 'tiny'),
      nics: nics.map(({ macAddress, ipAddress, network }) => ({
        macAddress,
        ipAddress,
        networkId: network.id,
      })),
    });
    expect(imported).toMatchObject({ id, job: succeeded });
    expect(await getMachine(admin, id)).toMatchObject({ name: 'acts-again', state: 'RUNNING' });
    const { cpuCount, memoryBytes, macAddresses } = before;
    // Its disks may keep the names that they had meanwhile for as long as it runs: the books are compared at its end.
    expect(await stage.see(id)).toMatchObject({ power: 'ON', cpuCount, memoryBytes, macAddresses });
  },
};
