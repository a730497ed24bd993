import type { Books } from './books-of-database.ts';
import type { TestZone } from './zone.ts';

/** What the simulated hosts of a zone have, and what lies in its image store. */
export async function seenInSimulator({
  simulator,
  filesInImageStore,
}: Pick<TestZone, 'simulator' | 'filesInImageStore'>): Promise<Books> {
  const hosts = await simulator.ask({ ask: 'state' });
  const machines = hosts.flatMap((state, index) =>
    Object.values(state.machines).map((machine) => ({ ...machine, host: simulator.hostName(index) })),
  );
  const named = (power: 'ON' | 'OFF' | 'PAUSED') =>
    machines
      .filter((machine) => machine.power === power)
      .map(({ host, machineId }) => `${host} ${machineId}`)
      .sort();
  const spaced = (key: string) => key.replace('/', ' ');
  return {
    running: named('ON'),
    suspended: named('PAUSED'),
    off: named('OFF'),
    volumes: hosts
      .flatMap(({ volumes }) =>
        Object.entries(volumes).map(([key, { sizeBytes }]) => `${spaced(key)} ${sizeBytes}`),
      )
      .sort(),
    snapshots: hosts
      .flatMap(({ volumes }) =>
        Object.entries(volumes).flatMap(([key, { snapshots = {} }]) =>
          Object.keys(snapshots).map((snapshot) => `${key.split('/')[1]} ${snapshot}`),
        ),
      )
      .sort(),
    bases: [...new Set(hosts.flatMap(({ bases }) => Object.keys(bases).map(spaced)))].sort(),
    imageFiles: (await filesInImageStore()).sort(),
  };
}
