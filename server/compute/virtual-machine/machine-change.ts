import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { getMachine, type MachineRow } from './store.ts';

export interface MachineInput extends ExpectsVersion {
  id: Id<'VirtualMachine'>;
  idempotencyKey?: string | null | undefined;
  /** For the platform itself: what else is written in the transaction that makes the job. */
  alongside?: (tx: Transaction, jobId: Id<'Job'>) => Promise<void>;
}

/** Ids of the machine and of the job that was made for it. */
export interface MachineAnswer extends Record<string, string> {
  virtualMachineId: string;
  jobId: string;
}

/** Loads the machine that a mutation names and has `body` make the job that works on it. */
export function changeMachine(
  platform: Platform,
  actor: Actor | null,
  input: MachineInput,
  action: Permission,
  body: (mutation: Mutation, seen: MachineRow) => Promise<{ id: Id<'Job'> }>,
): Promise<MachineAnswer> {
  return platform.mutations.run({ action, actor, input }, async (mutation) => {
    const seen = await loadMachine(mutation.tx, actor, input, action);
    const job = await body(mutation, seen);
    await input.alongside?.(mutation.tx, job.id);
    return { virtualMachineId: seen.id, jobId: job.id };
  });
}

/** The platform itself, `null`, needs no permission. @throws PlatformError NOT_FOUND, FORBIDDEN, VERSION_CONFLICT */
export async function loadMachine(
  tx: Transaction,
  actor: Actor | null,
  input: MachineInput,
  permission: Permission,
): Promise<MachineRow> {
  const machine =
    actor === null
      ? await getMachine(tx, input.id)
      : await getForChange(tx, actor, 'VirtualMachine', input.id, permission);
  assertVersion(machine.name, machine, input);
  return machine;
}

/** A machine as the target of a job. */
export function targetOf({ id, accountId }: MachineRow) {
  return { kind: 'VirtualMachine', id, accountId };
}
