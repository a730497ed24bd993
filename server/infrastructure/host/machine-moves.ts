import { PlatformError } from '../../platform/errors.ts';
import {
  isUnderWay,
  lastJobsSince,
  waitAMoment,
  type LastJob,
  type WaitingRun,
} from '../../platform/jobs/wait-for-jobs.ts';
import type { Platform } from '../../platform/platform.ts';
import type { HostedMachine } from './host-machines.ts';

/** What is done with a machine next; `NONE`: nothing can be. */
export type Way = 'UNDER_WAY' | 'MOVE' | 'STOP' | 'NONE';

/** What is known of a machine that is not yet where it should be. */
export interface Case {
  machine: HostedMachine;
  /** The last job on it since this work began. */
  job: LastJob | undefined;
  /** Why the last request was refused, if nothing has changed since. */
  refusal: string | undefined;
}

/** Machines that are to be somewhere else, each by a job of its own. */
export interface Moves {
  /** How many are on their way at a time. */
  atATime: number;
  /** Those that are not yet where they should be. */
  left(): Promise<HostedMachine[]>;
  /** Whether that is still what is wanted of the host. */
  isWanted(): Promise<boolean>;
  /** Whether none can come any more, once none is left. */
  isOver(): Promise<boolean>;
  wayOf(seen: Case): Way;
  send(machine: HostedMachine, way: Way): Promise<unknown>;
  /** `7 of 12 machines moved`, say. */
  told(done: number, all: number): string;
  /** `would not move`, say. */
  failing: string;
}

const mostNamed = 5;
/** Looks in a row that must show that it is no longer wanted. */
const surelyUnwanted = 10;

/**
 * Sends machines until none is left. It looks again and again and remembers nothing that matters, so that another
 * server can go on with it.
 * @throws PlatformError that names those that would not go, and why, once all others have gone; CANCELLED when it is no
 * longer wanted
 */
export function moveAll(
  { db, runner }: Pick<Platform, 'db' | 'runner'>,
  run: WaitingRun,
  moves: Moves,
): Promise<void> {
  const refusals = new Map<string, { version: number; reason: string }>();
  const work = async (): Promise<void> => {
    for (let most = 0; ;) {
      await assertWanted(runner, run, moves);
      const left = await moves.left();
      most = Math.max(most, left.length);
      const done = most - left.length;
      if (most > 0) run.progress(Math.floor((100 * done) / most), moves.told(done, most));
      if (left.length === 0 && (await moves.isOver())) return;
      const cases = await casesOf(left);
      if (cases.length > 0 && cases.every(({ way }) => way === 'NONE')) throw unmoved(cases, moves.failing);
      const busy = cases.filter(({ way }) => way === 'UNDER_WAY');
      const next = cases.filter(({ way }) => way === 'MOVE' || way === 'STOP');
      for (const { machine, way } of next.slice(0, Math.max(0, moves.atATime - busy.length))) {
        await moves.send(machine, way).catch((error: unknown) => {
          if (!(error instanceof PlatformError)) throw error;
          refusals.set(machine.id, { version: machine.version, reason: error.message });
        });
      }
      await waitAMoment(runner, run);
    }
  };
  const casesOf = async (left: readonly HostedMachine[]) => {
    const ids = left.map(({ id }) => id);
    const jobs = await lastJobsSince(db, run.jobId, ids);
    return left.map((machine) => {
      const refused = refusals.get(machine.id);
      const refusal = refused?.version === machine.version ? refused.reason : undefined;
      const seen = { machine, job: jobs.get(machine.id), refusal };
      return { ...seen, way: isUnderWay(seen.job) ? ('UNDER_WAY' as const) : moves.wayOf(seen) };
    });
  };
  return runner.whileWaiting(work);
}

async function assertWanted(runner: Platform['runner'], run: WaitingRun, moves: Moves): Promise<void> {
  for (let looks = 0; looks < surelyUnwanted; looks++) {
    if (await moves.isWanted()) return;
    // The job is being cancelled as well, and is about to hear of it.
    await waitAMoment(runner, run);
  }
  throw new PlatformError('CANCELLED', 'this is no longer wanted of the host');
}

function unmoved(cases: readonly Case[], failing: string): PlatformError {
  const named = cases.slice(0, mostNamed);
  const more = cases.length - named.length;
  const reasons = named.map(({ machine, job, refusal }) => {
    const failed = job?.status === 'SUCCEEDED' ? undefined : job?.error?.message;
    return `${machine.name}: ${refusal ?? failed ?? `it is ${machine.state}`}`;
  });
  return new PlatformError(
    'INVALID_STATE',
    `${cases.length} machines ${failing}: ${reasons.join('; ')}${more > 0 ? ` and ${more} more` : ''}`,
    {
      details: { machines: named.map(({ machine }) => ({ id: machine.id, name: machine.name })) },
      remedy: 'see to them, then ask for it again',
    },
  );
}
