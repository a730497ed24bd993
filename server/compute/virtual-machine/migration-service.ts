import { createHmac, randomBytes } from 'node:crypto';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { JobRow } from '../../platform/jobs/job-store.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { reserveHost } from '../placement/placement.ts';
import { planPlacement, type PlacementPlan } from '../placement/plan-service.ts';
import { placementRules } from '../placement/rules.ts';
import { assertFits } from '../placement/verdict.ts';
import { findLastAgentOf } from './machine-agents.ts';
import { changeMachine, targetOf, type MachineAnswer, type MachineInput } from './machine-change.ts';
import { encodeSpec, specOf } from './machine-spec.ts';
import { demandOfMove, demandOfStart } from './migration-place.ts';
import type { MachineSagaDeps } from './sagas/deploy.ts';
import { migrateSaga } from './sagas/migrate.ts';
import { relocateSaga } from './sagas/relocate.ts';
import { nextState } from './state-machine.ts';
import { invalidState, move, type MachineRow } from './store.ts';

export interface MigrateInput extends MachineInput {
  /** Where to; the best that fits when absent. */
  hostId?: Id<'Host'> | null | undefined;
  /** Slows the guest down as far as it takes. */
  isForced?: boolean | null | undefined;
}

const action = 'virtualMachine.migrate';
const ticketKey = 'migration-tickets';

/** Moves machines from host to host. */
export class MigrationService {
  readonly #platform: Platform;
  readonly #migrate: ReturnType<typeof migrateSaga>;
  readonly #relocate: ReturnType<typeof relocateSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    const { db, runner, sealing } = platform;
    const ticketFor = async (jobId: Id<'Job'>) => {
      const key = await sealing.platformSecret(db, ticketKey, () => randomBytes(32));
      return createHmac('sha256', key).update(jobId).digest('base64url');
    };
    this.#migrate = migrateSaga({ ...deps, runner, ticketFor });
    this.#relocate = relocateSaga(deps);
    runner.register(this.#migrate);
    runner.register(this.#relocate);
  }

  /**
   * A running machine moves while its guest works on; one that is off starts there next. `actor` is `null` when its
   * host is being emptied.
   * @throws PlatformError NOT_FOUND, INVALID_STATE, VALIDATION_FAILED, INSUFFICIENT_CAPACITY; then nothing was reserved
   */
  migrate(actor: Actor | null, input: MigrateInput): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, action, async (mutation, seen) => {
      const { tx } = mutation;
      if (actor !== null && input.hostId != null) await getGuarded(tx, actor, 'Host', input.hostId, action);
      const machine = await move(tx, seen.id, 'migrate');
      return machine.state === 'MIGRATING'
        ? this.#moveRunning(mutation, machine, input)
        : this.#moveStopped(mutation, machine, input);
    });
  }

  /**
   * Where a machine could move to now, and what stands in the way of each other host. Nothing is locked or written.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE for one that cannot be moved now at all
   */
  plan(actor: Actor, id: Id<'VirtualMachine'>): Promise<PlacementPlan> {
    const { db, settings } = this.#platform;
    return db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        const machine = await getForChange(tx, actor, 'VirtualMachine', id, action);
        const state = nextState(machine.state, 'migrate');
        if (state === undefined) throw invalidState(machine, 'migrate');
        const demand =
          state === 'MIGRATING' ? (await demandOfMove(tx, machine)).demand : await demandOfStart(tx, machine);
        return planPlacement(tx, actor, demand, placementRules(settings));
      });
  }

  async #moveRunning(
    mutation: Mutation,
    machine: MachineRow,
    { hostId, isForced }: MigrateInput,
  ): Promise<JobRow> {
    const { tx } = mutation;
    const { source, demand } = await demandOfMove(tx, machine);
    if (hostId === source.id) throw invalid('input.hostId', hostId, 'must be another host than it runs on');
    const rules = placementRules(this.#platform.settings);
    const placement = await reserveHost(tx, { ...demand, targetHostId: hostId ?? null }, rules);
    await tx
      .updateTable('VirtualMachine')
      .set({ targetHostId: placement.hostId })
      .where('id', '=', machine.id)
      .execute();
    const changes = changedFields({ hostId: source.id }, { hostId: placement.hostId });
    mutation.concerns('VirtualMachine', machine.id, machine.accountId, changes);
    return mutation.startJob(
      this.#migrate,
      {
        machineId: machine.id,
        name: machine.name,
        source: { hostId: source.id, agentId: source.agentId, name: source.name },
        target: { hostId: placement.hostId, agentId: placement.agentId, name: placement.hostName },
        cpuMhz: machine.cpuMhz,
        memoryBytes: machine.memoryBytes.toString(),
        isForced: isForced ?? false,
        spec: encodeSpec(await specOf(tx, machine, placement.podId)),
      },
      targetOf(machine),
      ['reserve'],
    );
  }

  /** Nothing is reserved until it starts: it only has to fit now. */
  async #moveStopped(mutation: Mutation, machine: MachineRow, { hostId }: MigrateInput): Promise<JobRow> {
    const { tx } = mutation;
    if (hostId == null)
      throw invalid(
        'input.hostId',
        null,
        `must be given: ${machine.name} is off, and starts wherever it fits`,
      );
    if (machine.lastHostId === null) {
      throw new PlatformError('INVALID_STATE', `${machine.name} never ran, and is on no host`, {
        details: { id: machine.id },
        remedy: 'start it: it goes where it fits',
      });
    }
    const demand = { ...(await demandOfStart(tx, machine)), targetHostId: hostId };
    await assertFits(tx, demand, placementRules(this.#platform.settings));
    const changes = changedFields({ lastHostId: machine.lastHostId }, { lastHostId: hostId });
    mutation.concerns('VirtualMachine', machine.id, machine.accountId, changes);
    const isElsewhere = machine.lastHostId !== hostId;
    return mutation.startJob(
      this.#relocate,
      {
        machineId: machine.id,
        hostId,
        lastAgentId: isElsewhere ? await findLastAgentOf(tx, machine) : null,
      },
      targetOf(machine),
    );
  }
}
