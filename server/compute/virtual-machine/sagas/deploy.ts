import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../../agent-gateway/agent-dispatcher.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { releaseAddresses } from '../../../network/address/store.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { Settings } from '../../../platform/settings/settings.ts';
import { releaseHost, releasePool } from '../../placement/placement.ts';
import { machineAmounts, volumeAmounts } from '../counted.ts';
import { decodeSpec, type MachineSpecText } from '../machine-spec.ts';
import { move } from '../store.ts';
import { machineUsage, volumeUsage } from '../usage.ts';

const poolField = z.object({ poolId: idField('StoragePool'), path: z.string() });

const deployInput = z.object({
  machineId: idField('VirtualMachine'),
  nicId: idField('Nic'),
  hostId: idField('Host'),
  agentId: idField('Agent'),
  /** Reserved of the host. */
  cpuMhz: z.number(),
  memoryBytes: z.string(),
  rootDisk: z.object({
    volumeId: idField('Volume'),
    pool: poolField,
    name: z.string(),
    sizeBytes: z.string(),
    /** Template that it is a clone of, and where the template lies. */
    base: z
      .object({ imageId: imageIdField, sourcePath: z.string(), format: z.enum(['QCOW2', 'RAW']) })
      .nullable(),
  }),
  spec: z.custom<MachineSpecText>((value) => typeof value === 'object'),
});

export type DeployInput = z.output<typeof deployInput>;

export type DeployOutputs = {
  reserve: undefined;
  prepareTemplate: { sizeBytes: string };
  createRootDisk: undefined;
  start: undefined;
};

export interface MachineSagaDeps {
  agents: AgentDispatcher;
  clock: Clock;
  settings: Settings;
}

/** Takes a new machine from its reservation, made with the request itself, to running. */
export function deploySaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<DeployInput, DeployOutputs>({
    kind: 'virtualMachine.deploy',
    input: deployInput,
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          const { hostId, cpuMhz, rootDisk, nicId } = input;
          await releaseHost(tx, hostId, { cpuMhz, memoryBytes: BigInt(input.memoryBytes) });
          await releasePool(tx, rootDisk.pool.poolId, BigInt(rootDisk.sizeBytes));
          await releaseAddresses(tx, [nicId], clock.now());
          await tx.updateTable('Nic').set({ ipAddress: null }).where('id', '=', nicId).execute();
          const volumes = await tx
            .deleteFrom('Volume')
            .where('id', '=', rootDisk.volumeId)
            .returning('sizeBytes')
            .execute();
          const machine = await tx
            .selectFrom('VirtualMachine')
            .select(['accountId', 'cpuCount', 'memoryBytes'])
            .where('id', '=', input.machineId)
            .executeTakeFirstOrThrow();
          await releaseLimits(tx, machine.accountId, {
            ...machineAmounts(machine),
            ...volumeAmounts(volumes),
          });
        },
      },
      {
        name: 'prepareTemplate',
        act: async (run) => {
          const { agentId, rootDisk } = run.input;
          if (rootDisk.base === null) return { sizeBytes: '0' };
          const payload = { ...rootDisk.base, pool: rootDisk.pool };
          const deadlineSeconds = settings.get('copy.volume.wait');
          // Hosts that share the pool may copy it at once; the copies are equal and the last one stays.
          const { sizeBytes } = await agents.execute(run, agentId, 'base.install', payload, {
            deadlineSeconds,
          });
          return { sizeBytes: sizeBytes.toString() };
        },
        record: async (tx, { input }, output) => {
          const { base, pool } = input.rootDisk;
          if (base === null) return;
          const sizeBytes = BigInt(output.sizeBytes);
          await tx
            .insertInto('BaseImage')
            .values({ imageId: base.imageId, poolId: pool.poolId, state: 'READY', sizeBytes })
            .onConflict((conflict) =>
              conflict.columns(['imageId', 'poolId']).doUpdateSet({ state: 'READY', sizeBytes }),
            )
            .execute();
        },
      },
      {
        name: 'createRootDisk',
        act: async (run) => {
          const { agentId, rootDisk } = run.input;
          const { volumeId, pool, name, base } = rootDisk;
          const payload = {
            volumeId,
            pool,
            name,
            sizeBytes: BigInt(rootDisk.sizeBytes),
            baseImageId: base?.imageId ?? null,
          };
          await agents.execute(run, agentId, 'volume.create', payload, {
            deadlineSeconds: settings.get('wait'),
          });
        },
        undo: async (run) => {
          const { agentId, rootDisk } = run.input;
          const { volumeId, pool } = rootDisk;
          await agents.execute(
            run,
            agentId,
            'volume.delete',
            { volumeId, pool },
            { deadlineSeconds: settings.get('wait') },
          );
        },
      },
      {
        name: 'start',
        act: async (run) => {
          const payload = { machine: decodeSpec(run.input.spec) };
          await agents.execute(run, run.input.agentId, 'machine.start', payload, {
            deadlineSeconds: settings.get('wait'),
          });
        },
        record: async (tx, { input }) => {
          const at = clock.now();
          // What its host saw stays written as it is: the machine may have gone off again since it started.
          const machine = await move(tx, input.machineId, 'started');
          const volume = await tx
            .updateTable('Volume')
            .set({ state: 'READY' })
            .where('id', '=', input.rootDisk.volumeId)
            .returningAll()
            .executeTakeFirstOrThrow();
          await appendUsage(tx, [
            machineUsage('VM_CREATE', machine, at),
            volumeUsage('VOLUME_CREATE', volume, at),
            machineUsage('VM_START', machine, at),
          ]);
        },
        undo: async (run) => {
          const { machineId, agentId } = run.input;
          await agents.execute(
            run,
            agentId,
            'machine.remove',
            { machineId },
            { deadlineSeconds: settings.get('wait') },
          );
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }, error) => {
      const stateReason = error.message;
      await move(tx, input.machineId, 'deployFailed', {
        stateReason,
        hostId: null,
        desiredPower: 'OFF',
        observedPower: null,
      });
    },
  });
}
