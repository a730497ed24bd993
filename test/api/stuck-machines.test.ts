import type { RowChange } from '@nephos/model/database.ts';
import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { takeFromHost } from '@nephos/server/compute/placement/placement.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHostedWorld, type HostedWorld } from '../support/hosted-world.ts';
import { changeHost, placeOf, type Place } from '../support/hosts.ts';
import { change } from '../support/machines.ts';
import { changeSetting } from '../support/settings.ts';

let world: HostedWorld;

beforeAll(async () => {
  world = await startHostedWorld(2);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Made {
  id: Id<'VirtualMachine'>;
  host: Id<'Host'>;
  other: Id<'Host'>;
}

async function running(name: string): Promise<Made> {
  const { id, host } = await world.running(name);
  const other = world.hosts.find((each) => each !== host);
  return { id: parseId('VirtualMachine', id), host: parseId('Host', host), other: parseId('Host', other!) };
}

async function stopped(name: string): Promise<Made> {
  const made = await running(name);
  await change(world.server.admin, 'stopVirtualMachine', { id: made.id, isForced: true });
  return made;
}

/** Leaves a machine as a job would that was forgotten, with what it had reserved. */
async function leave(id: Id<'VirtualMachine'>, row: RowChange<'VirtualMachine'>, reservedAt?: Id<'Host'>) {
  await world.server.db.transaction().execute(async (tx) => {
    const machine = await tx
      .updateTable('VirtualMachine')
      .set(row)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (reservedAt !== undefined) await takeFromHost(tx, reservedAt, machine);
  });
}

/** Its disks are being made, and nothing has told that it costs. */
async function neverMetered(id: Id<'VirtualMachine'>): Promise<void> {
  const { db } = world.server;
  await db.updateTable('Volume').set({ state: 'CREATING' }).where('virtualMachineId', '=', id).execute();
  await eventually(
    () => db.selectFrom('UsageEventPending').select('id').execute(),
    (pending) => pending.length === 0,
  );
  await sql`
    delete from "UsageEvent" where "resourceId" = ${id}
      or "resourceId" in (select "id" from "Volume" where "virtualMachineId" = ${id})
      or "resourceId" in (select "id" from "Nic" where "virtualMachineId" = ${id})`.execute(db);
}

const power = (ask: 'powerOn' | 'powerOff', { id, host }: Made) =>
  world.zone.simulator.ask({ ask, host: world.indexOf(host), machineId: id });

/** One machine for each way to be forgotten, and where it is to be found in the end. */
const forgotten: Record<string, () => Promise<{ id: string; place: Place }>> = {
  'starting, and runs': async () => {
    const made = await stopped('starting-on');
    await leave(made.id, { state: 'STARTING', hostId: made.host, desiredPower: 'ON' }, made.host);
    await power('powerOn', made);
    return { id: made.id, place: { state: 'RUNNING', host: made.host, targetHost: null } };
  },
  'starting, and is off': async () => {
    const { id, host } = await stopped('starting-off');
    await leave(id, { state: 'STARTING', hostId: host, desiredPower: 'ON' }, host);
    return { id, place: { state: 'STOPPED', host: null, targetHost: null } };
  },
  'being made, and is off': async () => {
    const { id, host } = await stopped('making-off');
    await neverMetered(id);
    await leave(id, { state: 'STARTING', hostId: host, lastHostId: null, desiredPower: 'ON' }, host);
    return { id, place: { state: 'STOPPED', host: null, targetHost: null } };
  },
  'stopping, and runs': async () => {
    const { id, host } = await running('stopping-on');
    await leave(id, { state: 'STOPPING', desiredPower: 'OFF' });
    return { id, place: { state: 'RUNNING', host, targetHost: null } };
  },
  'stopping, and is off': async () => {
    const made = await running('stopping-off');
    await leave(made.id, { state: 'STOPPING', desiredPower: 'OFF' });
    await power('powerOff', made);
    return { id: made.id, place: { state: 'STOPPED', host: null, targetHost: null } };
  },
  'stopping after it was off': async () => {
    const { id } = await stopped('destroyed');
    await leave(id, { state: 'STOPPING' });
    return { id, place: { state: 'DESTROYED', host: null, targetHost: null } };
  },
  'moving, and has not left': async () => {
    const { id, host, other } = await running('moving-here');
    await leave(id, { state: 'MIGRATING', targetHostId: other }, other);
    return { id, place: { state: 'RUNNING', host, targetHost: null } };
  },
  'moving, and has arrived': async () => {
    const { id, host, other } = await running('moving-there');
    await change(world.server.admin, 'migrateVirtualMachine', { id, hostId: other });
    await leave(id, { state: 'MIGRATING', hostId: host, targetHostId: other }, host);
    return { id, place: { state: 'RUNNING', host: other, targetHost: null } };
  },
  'being restored after it was off': async () => {
    const { id } = await stopped('restoring');
    await leave(id, { state: 'RESTORING' });
    return { id, place: { state: 'STOPPED', host: null, targetHost: null } };
  },
  'being restored, and runs': async () => {
    const { id, host } = await running('restoring-on');
    await leave(id, { state: 'RESTORING' });
    return { id, place: { state: 'RUNNING', host, targetHost: null } };
  },
  'being restored, and is off': async () => {
    const made = await running('restoring-off');
    await leave(made.id, { state: 'RESTORING' });
    await power('powerOff', made);
    return { id: made.id, place: { state: 'STOPPED', host: null, targetHost: null } };
  },
  'being expunged': async () => {
    const { id } = await stopped('expunging');
    await change(world.server.admin, 'destroyVirtualMachine', { id });
    await leave(id, { state: 'EXPUNGING' });
    return { id, place: { state: 'DESTROYED', host: null, targetHost: null } };
  },
};

test('machines that nothing works on come into the state that their hosts tell', async () => {
  const { admin } = world.server;
  const made = [];
  for (const [how, make] of Object.entries(forgotten)) made.push({ how, ...(await make()) });
  for (const { how, id, place } of made) {
    const seen = await eventually(
      () => placeOf(admin, id),
      ({ state }) => state === place.state,
    );
    expect(seen, how).toEqual(place);
  }
  await world.expectBalancedBooks();
});

test('what a host could not be asked to remove is removed when it comes back', async () => {
  const { server, zone } = world;
  const { admin } = server;
  await changeSetting(admin, 'alert.wait', '1');
  const { id, host, other } = await stopped('left');
  const index = world.indexOf(host);
  await zone.simulator.ask({ ask: 'disconnect', host: index });
  // On a machine that is busy the other one may be late once, too.
  await eventually(
    () => server.db.selectFrom('Host').select(['id', 'linkState']).execute(),
    (hosts) => hosts.every(({ id, linkState }) => linkState === (id === host ? 'ALERT' : 'UP')),
  );
  // Nobody waits for a host that is silent for so long.
  await change(admin, 'startVirtualMachine', { id });
  expect(await placeOf(admin, id)).toMatchObject({ state: 'RUNNING', host: other });
  await zone.simulator.ask({ ask: 'connect', host: index });
  await eventually(
    async () => (await zone.simulator.ask({ ask: 'state' }))[index]?.machines ?? {},
    (machines) => !(id in machines),
  );
  expect(await placeOf(admin, id)).toMatchObject({ state: 'RUNNING', host: other });
  // Machines of the silent host come back into sight.
  await changeHost(admin, 'reconnectHost', { id: host });
  await eventually(
    () => server.db.selectFrom('VirtualMachine').select('id').where('state', '=', 'UNKNOWN').execute(),
    (unknown) => unknown.length === 0,
  );
  await eventually(
    () => server.db.selectFrom('Job').select('id').where('finishedAt', 'is', null).execute(),
    (unfinished) => unfinished.length === 0,
  );
  await world.expectBalancedBooks();
});
