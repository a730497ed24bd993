import { VirtualMachine } from '../compute/virtual-machine/schema.ts';
import { builder } from '../graphql/builder.ts';
import { idArgument } from '../graphql/id-argument.ts';
import type { LiveSample } from './live.ts';
import type { Point } from './measures.ts';
import { atField, bytesField, numberField } from './point-fields.ts';
import { addSeriesField } from './series-schema.ts';

const VirtualMachinePoint = builder
  .objectRef<Point<'VirtualMachine'>>('VirtualMachineStatisticsPoint')
  .implement({
    description:
      'What a machine did. What cannot be said, since it had just been started for instance, is null.',
    fields: (t) => ({
      at: atField(t),
      cpuPercent: numberField(
        t,
        'Use of all its processors together, 0 to 100.',
        (point) => point.cpuPercent,
      ),
      memoryAssigned: bytesField(t, 'Memory that the guest has.', (point) => point.memoryAssigned),
      memoryUsed: bytesField(
        t,
        'Memory that the guest uses; null when its balloon driver does not say.',
        (point) => point.memoryUsed,
      ),
      memoryHeld: bytesField(t, 'Memory that the host holds for it.', (point) => point.memoryHeld),
      diskReadBytesPerSecond: numberField(t, 'Read from its disks.', (point) => point.diskReadBytes),
      diskWriteBytesPerSecond: numberField(t, 'Written to its disks.', (point) => point.diskWriteBytes),
      diskReadsPerSecond: numberField(t, 'Read requests to its disks.', (point) => point.diskReads),
      diskWritesPerSecond: numberField(t, 'Write requests to its disks.', (point) => point.diskWrites),
      networkReceivedBytesPerSecond: numberField(
        t,
        'Received by the guest.',
        (point) => point.networkReceivedBytes,
      ),
      networkSentBytesPerSecond: numberField(t, 'Sent by the guest.', (point) => point.networkSentBytes),
    }),
  });

const VirtualMachineSample = builder.objectRef<LiveSample>('VirtualMachineSample').implement({
  description:
    'Counters of a machine at a moment. They grow from its start and begin again at 0 with the next.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When they were read.' }),
    cpuSeconds: t.float({
      description: 'Processor time of all of its processors, in seconds.',
      resolve: ({ counters }) => Number(counters.cpuNanoseconds) / 1e9,
    }),
    memory: t.field({
      type: 'Bytes',
      description: 'Memory that the host holds for it.',
      resolve: ({ counters }) => counters.memoryBytes,
    }),
    diskReadBytes: t.field({
      type: 'Bytes',
      description: 'Read from its disks.',
      resolve: ({ counters }) => counters.diskReadBytes,
    }),
    diskWriteBytes: t.field({
      type: 'Bytes',
      description: 'Written to its disks.',
      resolve: ({ counters }) => counters.diskWriteBytes,
    }),
    diskReads: t.field({
      type: 'Bytes',
      description: 'Read requests to its disks.',
      resolve: ({ counters }) => counters.diskReads,
    }),
    diskWrites: t.field({
      type: 'Bytes',
      description: 'Write requests to its disks.',
      resolve: ({ counters }) => counters.diskWrites,
    }),
    networkReceivedBytes: t.field({
      type: 'Bytes',
      description: 'Received by the guest.',
      resolve: ({ counters }) => counters.networkRxBytes,
    }),
    networkSentBytes: t.field({
      type: 'Bytes',
      description: 'Sent by the guest.',
      resolve: ({ counters }) => counters.networkTxBytes,
    }),
    sinceLast: t.field({
      type: VirtualMachinePoint,
      nullable: true,
      description: 'What it did since the sample before; null for the first.',
      resolve: ({ point }) => point,
    }),
  }),
});

addSeriesField({
  kind: 'VirtualMachine',
  field: 'virtualMachineStatistics',
  thing: 'machine',
  permission: 'virtualMachine.statistics',
  point: VirtualMachinePoint,
});

builder.objectField(VirtualMachine, 'newestStatistics', (t) =>
  t.field({
    type: VirtualMachinePoint,
    nullable: true,
    description:
      'What it did lately, by its newest sample; null while it is off, and for those who may not see statistics.',
    resolve: async ({ id }, _args, { load, services, actor }) => {
      if (!actor.rights.has('virtualMachine.statistics')) return null;
      const newest = await load.partsOf('newestStatistics', id, (_db, ids) =>
        services.statistics.newest('VirtualMachine', ids),
      );
      return newest ?? null;
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
    subscribe: (_parent, { id, intervalSeconds }, { services, actor, ending }) =>
      services.statistics.followMachine(
        actor,
        idArgument('VirtualMachine', 'id', id),
        intervalSeconds,
        ending,
      ),
    resolve: (sample) => sample,
  }),
);
