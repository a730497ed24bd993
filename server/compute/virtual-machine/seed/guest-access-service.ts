import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../../platform/actor.ts';
import { changedFields } from '../../../platform/audit/changed-fields.ts';
import type { Platform } from '../../../platform/platform.ts';
import { Check } from '../../../platform/validation.ts';
import { publicKeysOf } from '../../ssh-key-pair/store.ts';
import { runningAgentOf } from '../machine-agents.ts';
import { loadMachine, targetOf, type MachineInput } from '../machine-change.ts';
import type { MachineSagaDeps } from '../sagas/deploy.ts';
import { setPasswordSaga } from '../sagas/set-password.ts';
import { move } from '../store.ts';
import { newGuestPassword } from './guest-password.ts';

export interface ResetPasswordInput extends MachineInput {
  /** Of a running guest. */
  userName: string;
}

export interface ResetSshKeysInput extends MachineInput {
  sshKeyPairIds: readonly Id<'SshKeyPair'>[];
}

const mostKeys = 20;

/** Ways back into guests. */
export class GuestAccessService {
  readonly #platform: Platform;
  readonly #setPassword: ReturnType<typeof setPasswordSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#setPassword = setPasswordSaga(deps);
    platform.runner.register(this.#setPassword);
  }

  /**
   * A new password: for a running guest at once, by a job; for a stopped one with its next start.
   * @returns the password only in the first answer to a request
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT
   */
  async resetPassword(
    actor: Actor,
    input: ResetPasswordInput,
  ): Promise<{ virtualMachineId: string; jobId: string | null; password: string | null }> {
    const check = new Check();
    check.that(
      /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(input.userName),
      'input.userName',
      input.userName,
      'must be 1 to 32 letters, digits or _.-, and begin with a letter or _',
    );
    check.done();
    const made = newGuestPassword(this.#platform.sealing, input.id);
    let password: string | null = null;
    const action = 'virtualMachine.resetPassword';
    const { jobId } = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      const { sealedPassword } = made;
      const isRunning = seen.hostId !== null;
      const machine = await move(tx, seen.id, 'resetPassword', {
        sealedPassword,
        ...(!isRunning && { seedVersion: seen.seedVersion + 1 }),
      });
      password = made.password;
      mutation.concerns('VirtualMachine', seen.id, seen.accountId);
      if (!isRunning) return { jobId: '' };
      const agentId = await runningAgentOf(tx, machine);
      const { userName } = input;
      const job = await mutation.startJob(
        this.#setPassword,
        { machineId: machine.id, agentId, userName },
        targetOf(machine),
      );
      return { jobId: job.id };
    });
    return { virtualMachineId: input.id, jobId: jobId === '' ? null : jobId, password };
  }

  /**
   * Other keys, which the guest takes in with its next start.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT
   */
  resetSshKeys(actor: Actor, input: ResetSshKeysInput): Promise<{ virtualMachineId: string }> {
    const check = new Check();
    const { length } = input.sshKeyPairIds;
    check.that(length <= mostKeys, 'input.sshKeyPairIds', length, `must be at most ${mostKeys}`);
    check.done();
    const action = 'virtualMachine.resetSshKeys';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      const sshPublicKeys = await publicKeysOf(tx, actor, input.sshKeyPairIds, action);
      await move(tx, seen.id, 'resetKeys', { sshPublicKeys, seedVersion: seen.seedVersion + 1 });
      const changes = changedFields(seen, { sshPublicKeys });
      mutation.concerns('VirtualMachine', seen.id, seen.accountId, changes);
      return { virtualMachineId: seen.id };
    });
  }
}
