import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { AgentDispatcher } from '../../../agent-gateway/agent-dispatcher.ts';
import { appendUsage, type UsageFacts } from '../../../billing/usage-events.ts';
import { defineSaga, type SagaRun } from '../../../platform/jobs/saga.ts';
import type { Sealing } from '../../../platform/sealing.ts';
import type { Settings } from '../../../platform/settings/settings.ts';
import { decodeSpec } from '../machine-spec.ts';
import { unlessSeenSince, type PowerWatch, type SeenPower } from '../power-watch.ts';
import { withPassword } from '../seed/guest-password.ts';
import { move, type MachineRow } from '../store.ts';
import { addressUsage } from '../nics/address-usage.ts';
import { machineUsage, volumeUsage } from '../usage.ts';
import {
  createDisksStep,
  deployFailed,
  deployJob,
  prepareTemplateStep,
  reserveStep,
  type DeployJob,
  type MakingOutputs,
} from './deploy-steps.ts';

export interface MachineSagaDeps {
  db: Database;
  agents: AgentDispatcher;
  clock: Clock;
  sealing: Sealing;
  settings: Settings;
  power: PowerWatch;
}

/** Takes a new machine from its reservation, made with the request itself, to running. */
export function deploySaga(deps: MachineSagaDeps) {
  const { db, agents, clock, sealing, settings, power } = deps;
  return defineSaga<DeployJob, MakingOutputs & { start: SeenPower | null }>({
    kind: 'virtualMachine.deploy',
    input: deployJob,
    steps: [
      reserveStep(deps),
      prepareTemplateStep(deps),
      createDisksStep(deps),
      {
        name: 'start',
        act: async (run) => {
          const spec = decodeSpec(run.input.spec);
          const machine = run.input.hasPassword ? await withPassword(db, sealing, spec) : spec;
          const { agentId, machineId } = run.input;
          const wait = { deadlineSeconds: settings.get('wait') };
          return power.during(agentId, machineId, () =>
            agents.execute(run, agentId, 'machine.start', { machine }, wait),
          );
        },
        record: async (tx, { input, jobId }, seen) => {
          const at = clock.now();
          const machine = await move(tx, input.machineId, 'started', {
            sealedPassword: null,
            ...unlessSeenSince(seen),
          });
          const events = [...(await usageOfNew(tx, machine, at)), machineUsage('VM_START', machine, at)];
          await appendUsage(tx, events, { id: jobId, part: 'start' });
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
    failed: (tx, { input }, error) => deployFailed(tx, input.machineId, error.message),
  });
}

/** Makes a machine that is to be started later: its disks are there, and no host has anything reserved for it. */
export function createSaga(deps: MachineSagaDeps) {
  return defineSaga<DeployJob, MakingOutputs>({
    kind: 'virtualMachine.create',
    input: deployJob,
    steps: [
      reserveStep(deps),
      prepareTemplateStep(deps),
      {
        ...createDisksStep(deps),
        record: async (
          tx: Transaction,
          { input, jobId }: Pick<SagaRun<DeployJob, MakingOutputs>, 'input' | 'jobId'>,
        ) => {
          const at = deps.clock.now();
          const machine = await move(tx, input.machineId, 'created', {
            observedPower: 'OFF',
            observedAt: at,
          });
          await appendUsage(tx, await usageOfNew(tx, machine, at), { id: jobId, part: 'createDisks' });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: (tx, { input }, error) => deployFailed(tx, input.machineId, error.message),
  });
}

/** Its disks are ready, and the meters of what it is made of begin. */
export async function usageOfNew(tx: Transaction, machine: MachineRow, at: Date): Promise<UsageFacts[]> {
  const volumes = await tx
    .updateTable('Volume')
    .set({ state: 'READY' })
    .where('virtualMachineId', '=', machine.id)
    .where('state', '=', 'CREATING')
    .returningAll()
    .execute();
  const nics = await tx.selectFrom('Nic').selectAll().where('virtualMachineId', '=', machine.id).execute();
  return [
    machineUsage('VM_CREATE', machine, at),
    ...volumes.map((volume) => volumeUsage('VOLUME_CREATE', volume, at)),
    ...addressUsage('IP_ADDRESS_TAKE', machine.zoneId, nics, at),
  ];
}
