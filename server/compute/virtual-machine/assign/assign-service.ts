import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { assertNotPrepaid } from '../../../billing/prepaid/store.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { getForChange } from '../../../identity/access/guarded-loader.ts';
import { activeOwner, type Owner } from '../../../identity/access/owner.ts';
import { assertMayRule, assertReaches } from '../../../identity/access/rank.ts';
import { releaseLimits, takeLimits } from '../../../identity/limit/limits.ts';
import type { Actor } from '../../../platform/actor.ts';
import { audit } from '../../../platform/audit.ts';
import { isUniqueViolation } from '../../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/platform.ts';
import { machineAmounts, volumeAmounts } from '../counted.ts';
import { loadMachine, type MachineInput } from '../machine-change.ts';
import { addressUsage } from '../nics/address-usage.ts';
import { move, type MachineRow } from '../store.ts';
import { machineUsage, volumeUsage } from '../usage.ts';
import { assertUsableBy } from './assert-usable.ts';

export interface AssignInput extends MachineInput {
  /** Who is to own it. */
  accountId: Id<'Account'>;
}

const action = 'virtualMachine.assign';

/** Gives machines to other accounts. */
export class AssignService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * A machine with its disks, network cards and schedules; its group and its affinity groups, which are the former
   * owner's, it leaves.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, RESOURCE_LIMIT_EXCEEDED,
   * VERSION_CONFLICT
   */
  assign(actor: Actor, input: AssignInput): Promise<{ virtualMachineId: string }> {
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      // Whose it is decides who gives back what.
      await tx.selectFrom('VirtualMachine').select('id').where('id', '=', input.id).forUpdate().execute();
      const seen = await loadMachine(tx, actor, input, action);
      const owner = await this.#newOwner(tx, actor, seen, input.accountId);
      await assertNotPrepaid(tx, seen, at);
      const machine = await giveMachine(tx, seen, owner);
      await assertAtRest(tx, machine);
      const { nics, volumes } = await giveParts(tx, machine);
      await assertUsableBy(tx, owner, machine, volumes);
      // One that never was on a host is neither counted nor metered.
      const hasRun = machine.lastHostId !== null;
      await appendUsage(tx, [
        ...(hasRun
          ? [
              machineUsage('VM_ASSIGN', machine, at),
              ...addressUsage('IP_ADDRESS_ASSIGN', machine.zoneId, nics, at),
            ]
          : []),
        ...volumes.map((volume) => volumeUsage('VOLUME_ASSIGN', volume, at)),
      ]);
      const facts = {
        action,
        outcome: 'SUCCEEDED',
        at,
        actor,
        target: { kind: 'VirtualMachine', id: machine.id },
        details: { accountId: { before: seen.accountId, after: machine.accountId } },
      };
      // Each of the two owners finds it in its own log.
      await audit(tx, { ...facts, accountId: seen.accountId });
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, facts.details);
      const amounts = { ...(hasRun && machineAmounts(machine)), ...volumeAmounts(volumes) };
      await releaseLimits(tx, seen.accountId, amounts);
      await takeLimits(tx, this.#platform.settings, machine.accountId, amounts);
      return { virtualMachineId: machine.id };
    });
  }

  /** An account that the actor rules over, as over the one that owns the machine now. */
  async #newOwner(
    tx: Transaction,
    actor: Actor,
    machine: MachineRow,
    accountId: Id<'Account'>,
  ): Promise<Owner> {
    if (accountId === machine.accountId)
      throw invalid('input.accountId', accountId, `must be another than the one that owns ${machine.name}`);
    const after = await getForChange(tx, actor, 'Account', accountId, action);
    const before = await tx
      .selectFrom('Account')
      .selectAll()
      .where('id', '=', machine.accountId)
      .executeTakeFirstOrThrow();
    for (const account of [before, after]) {
      await assertReaches(tx, actor, account);
      await assertMayRule(tx, actor, account);
    }
    return activeOwner(tx, accountId);
  }
}

async function giveMachine(tx: Transaction, seen: MachineRow, owner: Owner): Promise<MachineRow> {
  try {
    return await move(tx, seen.id, 'assign', { accountId: owner.accountId, groupName: null });
  } catch (error) {
    if (isUniqueViolation(error, 'VirtualMachine_accountId_name_live_key'))
      throw invalid(
        'input.accountId',
        owner.accountId,
        `must have no machine called ${seen.name}; give this one another name first`,
      );
    throw error;
  }
}

/** @throws PlatformError INVALID_STATE for a machine that a job works on, or that has snapshots */
async function assertAtRest(tx: Transaction, { id, name }: MachineRow): Promise<void> {
  const job = await tx
    .selectFrom('Job')
    .select(['id', 'kind'])
    .where('lane', '=', id)
    .where('status', 'in', ['QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'])
    .executeTakeFirst();
  if (job !== undefined) {
    throw new PlatformError('INVALID_STATE', `${job.kind} works on ${name}; wait until it is done`, {
      details: { id, jobId: job.id },
    });
  }
  const snapshot = await tx
    .selectFrom('VirtualMachineSnapshot')
    .select('name')
    .where('virtualMachineId', '=', id)
    .executeTakeFirst();
  if (snapshot !== undefined) {
    throw new PlatformError('INVALID_STATE', `${name} has snapshots, ${snapshot.name} for one`, {
      details: { id, snapshot: snapshot.name },
      remedy: 'delete its snapshots first',
    });
  }
}

/** @returns its network cards and disks, as they are afterwards */
async function giveParts(tx: Transaction, { id, accountId }: MachineRow) {
  const nics = await tx
    .updateTable('Nic')
    .set({ accountId })
    .where('virtualMachineId', '=', id)
    .returningAll()
    .execute();
  await tx
    .updateTable('VirtualMachineSchedule')
    .set({ accountId })
    .where('virtualMachineId', '=', id)
    .execute();
  await tx.deleteFrom('AffinityGroupMember').where('virtualMachineId', '=', id).execute();
  const volumes = await tx
    .updateTable('Volume')
    .set({ accountId })
    .where('virtualMachineId', '=', id)
    .returningAll()
    .execute();
  return { nics, volumes };
}
