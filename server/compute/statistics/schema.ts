import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import { invalid } from '../../platform/errors.ts';
import type { Sample } from './statistics-service.ts';

const VirtualMachineSample = builder.objectRef<Sample>('VirtualMachineSample').implement({
  description:
    'Counters of a machine at a moment. They grow from its start and begin again at 0 with the next.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When they were read.' }),
    cpuSeconds: t.float({
      description: 'Processor time of all of its processors, in seconds.',
      resolve: ({ cpuNanoseconds }) => Number(cpuNanoseconds) / 1e9,
    }),
    memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory that the host holds for it.' }),
    diskReadBytes: t.expose('diskReadBytes', { type: 'Bytes', description: 'Read from its disks.' }),
    diskWriteBytes: t.expose('diskWriteBytes', { type: 'Bytes', description: 'Written to its disks.' }),
    diskReads: t.expose('diskReads', { type: 'Bytes', description: 'Read requests to its disks.' }),
    diskWrites: t.expose('diskWrites', { type: 'Bytes', description: 'Write requests to its disks.' }),
    networkReceivedBytes: t.expose('networkRxBytes', {
      type: 'Bytes',
      description: 'Received by the guest.',
    }),
    networkSentBytes: t.expose('networkTxBytes', { type: 'Bytes', description: 'Sent by the guest.' }),
  }),
});

const mostSamples = 1500;

builder.queryField('virtualMachineSamples', (t) =>
  t.field({
    type: [VirtualMachineSample],
    permission: 'virtualMachine.statistics',
    description: `Samples of a machine, oldest first, at most ${mostSamples}. Errors: NOT_FOUND.`,
    args: {
      id: t.arg.id({ description: 'The machine.' }),
      since: t.arg({
        type: 'DateTime',
        required: false,
        description: 'From this moment on; the last hour when left out.',
      }),
    },
    resolve: async (_parent, { id, since }, { services, platform, actor }) => {
      const machineId = idArgument('VirtualMachine', 'id', id);
      await getGuarded(platform.db, actor, 'VirtualMachine', machineId, 'virtualMachine.statistics');
      const from = since ?? new Date(platform.clock.now().getTime() - 3_600_000);
      return services.statistics.samples(machineId, from, mostSamples);
    },
  }),
);

builder.subscriptionField('virtualMachineStatistics', (t) =>
  t.field({
    type: VirtualMachineSample,
    permission: 'virtualMachine.statistics',
    description:
      'A machine’s counters, read live from its host. While it is off nothing comes. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      id: t.arg.id({ description: 'The machine.' }),
      intervalSeconds: t.arg.int({ defaultValue: 2, description: 'Seconds between two readings, 1 to 300.' }),
    },
    subscribe: async (_parent, { id, intervalSeconds }, { services, platform, actor, ending }) => {
      const machineId = idArgument('VirtualMachine', 'id', id);
      if (intervalSeconds < 1 || intervalSeconds > 300)
        throw invalid('intervalSeconds', intervalSeconds, 'must be from 1 to 300');
      await getGuarded(platform.db, actor, 'VirtualMachine', machineId, 'virtualMachine.statistics');
      return services.statistics.live(machineId, intervalSeconds, ending);
    },
    resolve: (sample) => sample,
  }),
);
