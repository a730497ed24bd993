import { placeOf } from '../support/hosts.ts';
import { startLibvirtWorld } from '../support/libvirt-world.ts';
import { describeMachineActions } from '../support/machine-actions/describe-machine-actions.ts';
import { lastHostOf, type Stage } from '../support/machine-actions/stage.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import { changeSetting } from '../support/settings.ts';
import { libvirtExceptions } from './exceptions.ts';
import { seenMachine } from './seen-machine.ts';

describeMachineActions(
  'libvirt',
  async () => {
    const world = await startLibvirtWorld(2);
    const { server, hypervisors } = world;
    const { admin } = server;
    await hypervisors.addSubnet('10.66.0');
    // Time for a guest to shut down, whatever else the machine has to do.
    await changeSetting(admin, 'vm.stop.grace', '60');
    const hosts = (await server.db.selectFrom('Host').select('id').execute()).map(({ id }) => id);
    const hostOf = async (id: string) =>
      world.hostOf((await placeOf(admin, id)).host ?? (await lastHostOf(stage, id)));
    const inGuest = async (id: string, ...command: string[]) => (await hostOf(id)).inGuest(id, ...command);
    const stage: Stage = {
      server,
      zoneId: world.zoneId,
      templateId: world.templateId,
      isoId: world.isoId,
      networkId: await aSecondNetwork(server.db, world.zoneId),
      hosts,
      machine: (name) => world.machine(name),
      see: async (id, hostId) =>
        seenMachine(hostId === undefined ? await hostOf(id) : world.hostOf(hostId), id),
      untilUp: (id) => inGuest(id, '/bin/cat', '/proc/sys/kernel/random/boot_id'),
      rootPasswordHash: async (id) => {
        const shadow = await inGuest(id, '/bin/cat', '/etc/shadow', '/etc/passwd');
        return /^root:([^:]*):/m.exec(shadow)?.[1] ?? '';
      },
      inGuest,
      expectBalancedBooks: () => world.expectBalancedBooks(),
    };
    return Object.assign(stage, { [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() });
  },
  libvirtExceptions,
);
