import { startHostedWorld } from '../support/hosted-world.ts';
import { placeOf } from '../support/hosts.ts';
import { describeMachineActions } from '../support/machine-actions/describe-machine-actions.ts';
import { lastHostOf, type Stage } from '../support/machine-actions/stage.ts';
import { registerIso } from '../support/machines.ts';
import { aSecondNetwork } from '../support/second-network.ts';

describeMachineActions(
  'simulator',
  async () => {
    const world = await startHostedWorld(2);
    const { server, zone, hosts, machine } = world;
    const find = async (id: string, hostId?: string) => {
      const where = hostId ?? (await placeOf(server.admin, id)).host ?? (await lastHostOf(stage, id));
      const states = await zone.simulator.ask({ ask: 'state' });
      return states[world.indexOf(where)]?.machines[id];
    };
    const stage: Stage = {
      server,
      zoneId: zone.zoneId,
      templateId: machine('').templateId as string,
      isoId: await registerIso(server.admin, zone.zoneId),
      networkId: await aSecondNetwork(server.db, zone.zoneId),
      hosts,
      machine,
      see: async (id, hostId) => {
        const seen = await find(id, hostId);
        return {
          power: seen?.power ?? 'ABSENT',
          cpuCount: seen?.cpuCount ?? 0,
          memoryBytes: BigInt(seen?.memoryBytes ?? 0),
          bootMode: seen?.bootMode ?? 'BIOS',
          disks: seen?.volumeIds.map((volumeId) => volumeId.slice(-20)) ?? [],
          macAddresses: seen?.macAddresses ?? [],
          isoPath: seen?.isoPath ?? null,
          startsFromIso: seen?.startsFromIso ?? false,
          seed: [seen?.seed?.publicKeys, seen?.seed?.userData, seen?.seed?.passwordHash].join('\n'),
        };
      },
      untilUp: async (id) => String((await find(id))?.startedAt),
      rootPasswordHash: async (id) => (await find(id))?.passwords?.root ?? '',
      expectBalancedBooks: () => world.expectBalancedBooks(),
    };
    return Object.assign(stage, { [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() });
  },
  // A simulated host does everything.
  [],
);
