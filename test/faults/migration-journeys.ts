import { migrateSaga, type MigrateDeps } from '@nephos/server/compute/virtual-machine/sagas/migrate.ts';
import { relocateSaga } from '@nephos/server/compute/virtual-machine/sagas/relocate.ts';
import { expect } from 'vitest';
import { allHosts, placeOf } from '../support/hosts.ts';
import { change, deploy } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as MigrateDeps;

/** Where machines were when they set out. */
const homes = new Map<string, string>();

async function running({ server, machine }: World, name: string): Promise<string> {
  const { machine: made } = await deploy(server.admin, machine(name));
  const { state, host } = await placeOf(server.admin, made.id);
  expect(state).toBe('RUNNING');
  homes.set(made.id, host!);
  return made.id;
}

const begin = ({ server }: World, input: { id: string; hostId?: string }) =>
  beginJob(server.admin, 'migrateVirtualMachine', 'MigrateVirtualMachineInput', input);

/** Another host that takes machines. */
async function awayFrom({ server }: World, home: string | undefined): Promise<string> {
  const hosts = await allHosts(server.admin);
  return hosts.find(({ id, adminState }) => id !== home && adminState === 'ENABLED')!.id;
}

/** Machines that move, running and not. */
export const migrationJourneys: Journey[] = [
  {
    saga: migrateSaga(noDeps),
    prepare: running,
    begin: (world, id) => begin(world, { id }),
    arrived: async ({ server }, id) => {
      const { host, ...place } = await placeOf(server.admin, id);
      expect(place).toEqual({ state: 'RUNNING', targetHost: null });
      expect(host).not.toBe(homes.get(id));
    },
  },
  {
    saga: relocateSaga(noDeps),
    prepare: async (world, name) => {
      const id = await running(world, name);
      await change(world.server.admin, 'stopVirtualMachine', { id, isForced: true });
      return id;
    },
    begin: async (world, id) => begin(world, { id, hostId: await awayFrom(world, homes.get(id)) }),
    arrived: async ({ database }, id) => {
      const machine = await database.db
        .selectFrom('VirtualMachine')
        .select(['state', 'lastHostId'])
        .where('id', '=', id as never)
        .executeTakeFirstOrThrow();
      expect(machine.state).toBe('STOPPED');
      expect(machine.lastHostId).not.toBe(homes.get(id));
    },
  },
];

/** One that does not get through, and stays where it was. */
export const failingMigration: Journey = {
  saga: migrateSaga(noDeps),
  prepare: (world, name) => running(world, `fail-at-migrate-${name}`),
  begin: (world, id) => begin(world, { id }),
  arrived: async ({ server }, id) => {
    expect(await placeOf(server.admin, id)).toEqual({
      state: 'RUNNING',
      host: homes.get(id),
      targetHost: null,
    });
  },
};
