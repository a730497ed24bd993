import type { MachineObservation } from '@nephos/agent-protocol/machine.ts';
import type { CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { HostDriver } from './driver.ts';

const isOff = ({ power }: MachineObservation) => power === 'OFF' || power === 'ABSENT';

/** What each command means for a driver, and how to see after a crash whether it came to pass. */
export function hostCommandHandlers(driver: HostDriver): CommandHandlers {
  return {
    'pool.attach': {
      run: ({ pool }) => driver.attachPool(pool),
      observe: ({ pool }) => driver.findPool(pool),
    },
    'pool.detach': {
      run: async ({ pool }) => {
        await driver.detachPool(pool);
        return {};
      },
      observe: async ({ pool }) => ((await driver.findPool(pool)) === null ? {} : null),
    },

    'base.install': {
      run: (payload, context) => driver.installBase(payload, context),
      observe: (payload) => driver.findBase(payload),
    },
    'base.remove': {
      run: async (payload) => {
        await driver.removeBase(payload);
        return {};
      },
      observe: async (payload) => ((await driver.findBase(payload)) === null ? {} : null),
    },

    'volume.create': {
      run: async (payload, context) => {
        await driver.createVolume(payload, context);
        return {};
      },
      observe: async (payload) => ((await driver.hasVolume(payload)) ? {} : null),
    },
    'volume.delete': {
      run: async (payload) => {
        await driver.deleteVolume(payload);
        return {};
      },
      observe: async (payload) => ((await driver.hasVolume(payload)) ? null : {}),
    },
    'volume.flatten': {
      run: async (payload, context) => {
        await driver.flattenVolume(payload, context);
        return {};
      },
      // What stands alone already is left alone, and what was half done goes on.
      observe: () => Promise.resolve(null),
    },
    'volume.export': {
      run: (payload, context) => driver.exportVolume(payload, context),
      observe: (payload) => driver.findExport(payload),
    },

    'machine.start': {
      run: (payload, context) => driver.startMachine(payload, context),
      // One that stands still may be about to start; to ask once more waits for it.
      observe: async ({ machine }) => {
        const seen = await driver.observeMachine(machine.machineId);
        return seen.power === 'ON' ? seen : null;
      },
    },
    'machine.stop': {
      run: (payload, context) => driver.stopMachine(payload, context),
      observe: async ({ machineId }) => {
        const seen = await driver.observeMachine(machineId);
        return isOff(seen) ? { ...seen, forced: false } : null;
      },
    },
    'machine.reboot': {
      run: (payload, context) => driver.rebootMachine(payload, context),
      // A reset leaves no trace; one too many is what the user asked for, one too few is not.
      observe: () => Promise.resolve(null),
    },
    'machine.plugNic': {
      run: async (payload) => {
        await driver.plugNic(payload);
        return {};
      },
      // What is plugged in already is not plugged in twice, and so with taking it out.
      observe: () => Promise.resolve(null),
    },
    'machine.unplugNic': {
      run: async (payload, context) => {
        await driver.unplugNic(payload, context);
        return {};
      },
      observe: () => Promise.resolve(null),
    },
    'machine.scale': {
      run: async (payload) => {
        await driver.scaleMachine(payload);
        return {};
      },
      // To ask for the same size once more does nothing.
      observe: () => Promise.resolve(null),
    },
    'machine.setPassword': {
      run: async (payload) => {
        await driver.setGuestPassword(payload);
        return {};
      },
      // Nobody can see it from outside; to set it once more does no harm.
      observe: () => Promise.resolve(null),
    },
    'machine.suspend': {
      run: ({ machineId }) => driver.suspendMachine(machineId),
      observe: async ({ machineId }) => {
        const seen = await driver.observeMachine(machineId);
        return seen.power === 'ON' ? null : seen;
      },
    },
    'machine.resume': {
      run: ({ machineId }) => driver.resumeMachine(machineId),
      observe: async ({ machineId }) => {
        const seen = await driver.observeMachine(machineId);
        return seen.power === 'PAUSED' ? null : seen;
      },
    },
    'machine.remove': {
      run: async ({ machineId }) => {
        await driver.removeMachine(machineId);
        return {};
      },
      observe: async ({ machineId }) =>
        (await driver.observeMachine(machineId)).power === 'ABSENT' ? {} : null,
    },
    'snapshot.create': {
      run: (payload, context) => driver.createSnapshot(payload, context),
      observe: (payload) => driver.findSnapshot(payload),
    },
    'snapshot.revert': {
      run: (payload, context) => driver.revertToSnapshot(payload, context),
      // Whether disks and memory are those of the snapshot cannot be seen; to go back once more does no harm, as soon as
      // the hypervisor can be asked again.
      observe: async ({ machineId }) => {
        await driver.observeMachine(machineId);
        return null;
      },
    },
    'snapshot.delete': {
      run: async (payload, context) => {
        await driver.deleteSnapshot(payload, context);
        return {};
      },
      // What is gone already is not deleted twice.
      observe: async ({ machineId }) => {
        await driver.observeMachine(machineId);
        return null;
      },
    },
    'machine.adopt': {
      run: (payload) => driver.adoptMachine(payload),
      // What is ours already is adopted once more without anything happening, and so with letting go of it.
      observe: () => Promise.resolve(null),
    },
    'machine.release': {
      run: async (payload) => {
        await driver.releaseMachine(payload);
        return {};
      },
      observe: () => Promise.resolve(null),
    },
    'machine.setIso': {
      run: (payload) => driver.setIso(payload),
      observe: async ({ machineId, isoPath }) => {
        const seen = await driver.observeMachine(machineId);
        return seen.isoPath === isoPath ? seen : null;
      },
    },
  };
}
