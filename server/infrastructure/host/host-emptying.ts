import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LifecycleService } from '../../compute/virtual-machine/lifecycle-service.ts';
import type { MigrationService } from '../../compute/virtual-machine/migration-service.ts';
import { statesThatAccept } from '../../compute/virtual-machine/state-machine.ts';
import { hasFailed, type WaitingRun } from '../../platform/jobs/wait-for-jobs.ts';
import type { Platform } from '../../platform/platform.ts';
import { adminStateOf, comingBackTo, isTidyingUp, machinesOn, waitForReservations } from './host-machines.ts';
import { moveAll, type Case, type Way } from './machine-moves.ts';

/** What is done with machines that would not move. */
export type OnUnmovable = 'FAIL' | 'STOP';

export interface EmptyingDeps {
  platform: Pick<Platform, 'db' | 'runner' | 'settings'>;
  machines: Pick<LifecycleService, 'stop'>;
  migrations: Pick<MigrationService, 'migrate'>;
}

/** Has machines leave a host, or come back to it, a few at a time. */
export class HostEmptying {
  readonly #deps: EmptyingDeps;

  constructor(deps: EmptyingDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when nothing is on the host.
   * @throws PlatformError that names the machines that would not move, and why, once all others are gone
   */
  empty(run: WaitingRun, hostId: Id<'Host'>, onUnmovable: OnUnmovable): Promise<void> {
    const { platform, machines, migrations } = this.#deps;
    const { db } = platform;
    return moveAll(platform, run, {
      atATime: this.#atATime,
      left: () => machinesOn(db, hostId),
      isWanted: async () => (await adminStateOf(db, hostId)) === 'PREPARE_FOR_MAINTENANCE',
      isOver: async () => {
        if (await isTidyingUp(db, run.jobId, hostId)) return false;
        // Somebody may have been about to put one there when the host was closed.
        return db.transaction().execute(async (tx) => {
          await waitForReservations(tx, hostId);
          return (await machinesOn(tx, hostId)).length === 0;
        });
      },
      wayOf: (seen) => wayOut(seen, onUnmovable),
      send: ({ id }, way) =>
        way === 'STOP' ? machines.stop(null, { id, isForced: false }) : migrations.migrate(null, { id }),
      told: (moved, all) => `${moved} of ${all} machines moved`,
      failing: 'would not move',
    });
  }

  /**
   * Resolves when all machines are back that left the host, and run now on others of its cluster.
   * @throws PlatformError that names the machines that would not come, and why, once all others are there
   */
  refill(run: WaitingRun, hostId: Id<'Host'>): Promise<void> {
    const { platform, migrations } = this.#deps;
    const { db } = platform;
    return moveAll(platform, run, {
      atATime: this.#atATime,
      left: () => comingBackTo(db, hostId),
      isWanted: async () => (await adminStateOf(db, hostId)) === 'ENABLED',
      isOver: async () => !(await isTidyingUp(db, run.jobId, hostId)),
      wayOf: (seen) => (canMove(seen) ? 'MOVE' : seen.machine.state === 'MIGRATING' ? 'UNDER_WAY' : 'NONE'),
      send: ({ id }) => migrations.migrate(null, { id, hostId }),
      told: (back, all) => `${back} of ${all} machines came back`,
      failing: 'would not come back',
    });
  }

  get #atATime(): number {
    return this.#deps.platform.settings.get('host.maintenance.migrations');
  }
}

const failedAt = ({ job }: Case, kind: string) => job?.kind === kind && hasFailed(job);

function canMove(seen: Case): boolean {
  const { machine, refusal } = seen;
  const hasTried = refusal !== undefined || failedAt(seen, 'virtualMachine.migrate');
  return statesThatAccept('migrate').includes(machine.state) && !hasTried;
}

function wayOut(seen: Case, onUnmovable: OnUnmovable): Way {
  const { state } = seen.machine;
  const wasAskedToStop = failedAt(seen, 'virtualMachine.stop');
  if (canMove(seen) && !wasAskedToStop) return 'MOVE';
  if (onUnmovable === 'STOP' && statesThatAccept('stop').includes(state) && !wasAskedToStop) return 'STOP';
  // Between two states somebody else works on it: that job may be older than this one.
  return betweenStates.has(state) ? 'UNDER_WAY' : 'NONE';
}

const betweenStates: ReadonlySet<string> = new Set([
  'STARTING',
  'STOPPING',
  'MIGRATING',
  'RESTORING',
  'RELEASING',
]);
