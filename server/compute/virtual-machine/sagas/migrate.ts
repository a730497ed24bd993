import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import type { JobRunner } from '../../../platform/jobs/job-runner.ts';
import { defineSaga, type SagaRun } from '../../../platform/jobs/saga.ts';
import { waitAMoment } from '../../../platform/jobs/wait-for-jobs.ts';
import { decodeSpec, type MachineSpecText } from '../machine-spec.ts';
import { endAtSource, endAtTarget, releaseTarget, type Migration } from '../migration-end.ts';
import { askOf, isGivenUp, whereaboutsOf, type Whereabouts } from '../whereabouts.ts';
import type { MachineSagaDeps } from './deploy.ts';

const hostField = z.object({ hostId: idField('Host'), agentId: idField('Agent'), name: z.string() });

const migrateInput = z.object({
  machineId: idField('VirtualMachine'),
  name: z.string(),
  source: hostField,
  target: hostField,
  /** Reserved of both hosts. */
  cpuMhz: z.number(),
  memoryBytes: z.string(),
  /** Slows the guest down as far as it takes. */
  isForced: z.boolean(),
  spec: z.custom<MachineSpecText>((value) => typeof value === 'object'),
});

type MigrateInput = z.output<typeof migrateInput>;
type MigrateOutputs = {
  reserve: undefined;
  expect: { address: string; port: number; certificateSha256: string };
  migrate: { downtimeMs: number | null };
  leave: undefined;
};
type MigrateRun = SagaRun<MigrateInput, MigrateOutputs>;

export interface MigrateDeps extends MachineSagaDeps {
  runner: JobRunner;
  /** A secret that the source shows the target; the same whenever it is asked for, and written down nowhere. */
  ticketFor(jobId: Id<'Job'>): Promise<string>;
}

/** How often in a row both hosts must say that the machine does not run there before that is believed. */
const surelyNeither = 3;

const migrationOf = ({ machineId, source, target, cpuMhz, memoryBytes }: MigrateInput): Migration => ({
  machineId,
  sourceHostId: source.hostId,
  targetHostId: target.hostId,
  cpuMhz,
  memoryBytes: BigInt(memoryBytes),
});

/** Moves a running machine to the host that was reserved with the request, while its guest works on. */
export function migrateSaga(deps: MigrateDeps) {
  const { agents, settings, ticketFor } = deps;
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<MigrateInput, MigrateOutputs>({
    kind: 'virtualMachine.migrate',
    input: migrateInput,
    noReturnAfter: 'migrate',
    steps: [
      { name: 'reserve', recordUndo: (tx, { input }) => releaseTarget(tx, migrationOf(input)) },
      {
        name: 'expect',
        act: async (run) => {
          const { source, target, spec } = run.input;
          const ticket = await ticketFor(run.jobId);
          const payload = { machine: decodeSpec(spec), sourceAgentId: source.agentId, ticket };
          return agents.execute(run, target.agentId, 'migration.expect', payload, wait());
        },
        undo: async (run) => {
          const { machineId, name, target } = run.input;
          await untilGivenUp(deps, run, target.hostId, async () => {
            const ticket = await ticketFor(run.jobId);
            const payload = { machineId, ticket };
            const { power } = await agents.execute(run, target.agentId, 'migration.forget', payload, wait());
            if (power === 'ON')
              throw new PlatformError('INVALID_STATE', `${name} runs on ${target.name}, and should not`);
          });
        },
      },
      {
        name: 'migrate',
        act: (run) => migrate(deps, run),
        record: async (tx, { input }) => {
          await endAtTarget(tx, migrationOf(input));
        },
      },
      {
        name: 'leave',
        act: async (run) => {
          await leave(deps, run);
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      await endAtSource(tx, input.machineId);
    },
  });
}

/**
 * Has the source send the machine. Whatever it says of the outcome, what counts is where the machine then is.
 * @throws PlatformError why it did not move
 */
async function migrate(deps: MigrateDeps, run: MigrateRun): Promise<MigrateOutputs['migrate']> {
  const { agents, settings, ticketFor } = deps;
  const { machineId, name, source, target, isForced } = run.input;
  let failure: PlatformError | undefined;
  let downtimeMs: number | null = null;
  try {
    const payload = {
      machineId,
      destination: run.output('expect'),
      ticket: await ticketFor(run.jobId),
      allowedDowntimeMs: settings.get('vm.migrate.downtime.ms'),
      isForced,
    };
    const options = { deadlineSeconds: settings.get('migratewait') };
    ({ downtimeMs } = await agents.execute(run, source.agentId, 'machine.migrate', payload, options));
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    failure = error;
  }
  const where = await locate(deps, run);
  if (where === 'TARGET') return { downtimeMs };
  if (where === 'SOURCE')
    throw failure ?? new PlatformError('AGENT_FAILED', `${name} was sent, and still runs on ${source.name}`);
  throw new PlatformError('AGENT_FAILED', `${name} went off while it moved to ${target.name}`, {
    cause: failure,
  });
}

/** Asks both hosts until it is clear where the machine is. */
async function locate(deps: MigrateDeps, run: MigrateRun): Promise<Exclude<Whereabouts, 'UNCLEAR'>> {
  const { machineId, source, target } = run.input;
  for (let neither = 0; ;) {
    const [there, here] = await Promise.all([askOf(deps, target, machineId), askOf(deps, source, machineId)]);
    const where = whereaboutsOf(here, there);
    if (where === 'SOURCE' || where === 'TARGET') return where;
    neither = where === 'NEITHER' ? neither + 1 : 0;
    if (neither === surelyNeither) return 'NEITHER';
    run.progress(99, `asking where it runs: ${source.name} says ${here}, ${target.name} ${there}`);
    await waitForHosts(deps.runner);
  }
}

/** Not even a cancellation ends it: nothing is taken back before it is known what there is. */
const waitForHosts = (runner: JobRunner) => waitAMoment(runner, { signal: new AbortController().signal });

/** Removes what is left on the source: its network, mostly. The machine has moved, and no failure here undoes that. */
async function leave(deps: MigrateDeps, run: MigrateRun): Promise<void> {
  const { machineId, source } = run.input;
  const options = { deadlineSeconds: deps.settings.get('wait') };
  try {
    await untilGivenUp(deps, run, source.hostId, async () => {
      await deps.agents.execute(run, source.agentId, 'machine.remove', { machineId }, options);
    });
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    run.progress(100, `something is left on ${source.name}: ${error.message}`);
  }
}

/** Does something on a host that need not be done when the host is gone: what it has left is seen when it comes back. */
async function untilGivenUp(
  { db, runner }: MigrateDeps,
  run: MigrateRun,
  hostId: Id<'Host'>,
  work: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  const done = work().finally(() => {
    isOver = true;
  });
  // Nobody may be waiting any more when it fails.
  done.catch(() => undefined);
  const givenUp = async () => {
    while (!isOver && !(await isGivenUp(db, hostId))) await waitForHosts(runner);
  };
  await Promise.race([done, givenUp()]);
}
