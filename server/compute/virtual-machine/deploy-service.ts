import { newId } from '@nephos/model/kernel/ids.ts';
import { takeLimits } from '../../identity/limit/limits.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { insertMembers } from '../affinity-group/members.ts';
import { reserveHost } from '../placement/placement.ts';
import { SpaceTaken, takePools } from '../placement/pools.ts';
import { placementRules } from '../placement/rules.ts';
import { publicKeysOf } from '../ssh-key-pair/store.ts';
import { checkDeployInput, machineNames, type DeployInput } from './deploy/deploy-input.ts';
import { insertMachine } from './deploy/insert-machine.ts';
import { assertOpenForNew, prepareDeploy } from './deploy/prepare-deploy.ts';
import { createSaga, deploySaga, type MachineSagaDeps } from './sagas/deploy.ts';
import { newGuestPassword } from './seed/guest-password.ts';

/** A machine that was made, with its job. */
export interface DeployedMachine {
  virtualMachineId: string;
  jobId: string;
  /** Only in the first answer to a request that asked for one. */
  password: string | null;
}

const action = 'virtualMachine.deploy';

/** Makes machines. */
export class DeployService {
  readonly #platform: Platform;
  readonly #deploy: ReturnType<typeof deploySaga>;
  readonly #create: ReturnType<typeof createSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#deploy = deploySaga(deps);
    this.#create = createSaga(deps);
    platform.runner.register(this.#deploy);
    platform.runner.register(this.#create);
  }

  /**
   * Reserves all that the machines need, and makes for each the job that brings it up.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, INVALID_STATE (image not ready, zone disabled),
   * INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED; then nothing was reserved
   */
  async deploy(actor: Actor, input: DeployInput): Promise<DeployedMachine[]> {
    const { settings, sealing, clock } = this.#platform;
    checkDeployInput(input, clock.now());
    // Beside the answer, which is kept for those who ask again.
    const passwords = new Map<string, string>();
    const rules = placementRules(settings);
    const names = machineNames(input);
    const make = (space: 'AT_ONCE' | 'LATE') => async (mutation: Mutation) => {
      const { tx, at } = mutation;
      const prepared = await prepareDeploy({ tx, actor, settings, isHeld: true }, input);
      const { owner, zone, size, headroom, root, dataDisks, network, affinityGroupIds, demand, amounts } =
        prepared;
      assertOpenForNew(zone);
      const sshPublicKeys = await publicKeysOf(tx, actor, input.sshKeyPairIds, action);
      const machines: { virtualMachineId: string; jobId: string }[] = [];
      for (const name of names) {
        const machineId = newId('VirtualMachine');
        const placement = await reserveHost(tx, demand, rules, space);
        const password = input.generatesPassword ? newGuestPassword(sealing, machineId) : null;
        if (password !== null) passwords.set(machineId, password.password);
        const { job: made, done } = await insertMachine(tx, input, {
          ...{ machineId, name, owner, size, headroom, root, dataDisks, placement },
          ...{ network, sshPublicKeys, password, at },
        });
        await insertMembers(tx, machineId, affinityGroupIds);
        const target = { kind: 'VirtualMachine', id: machineId, accountId: owner.accountId };
        const job = input.startsNow
          ? await mutation.startJob(this.#deploy, made, target, done)
          : await mutation.startJob(this.#create, made, target, done);
        machines.push({ virtualMachineId: machineId, jobId: job.id });
        // Everybody's pools, and all that the owner has, are held for a moment only.
        if (space === 'LATE') await takePools(tx, placement.pools, demand, rules);
      }
      await takeLimits(tx, settings, owner.accountId, amounts);
      return { machines: JSON.stringify(machines) };
    };
    const run = (space: 'AT_ONCE' | 'LATE') =>
      this.#platform.mutations.run({ action, actor, input }, make(space));
    const answer = await run(names.length === 1 ? 'LATE' : 'AT_ONCE').catch((error: unknown) => {
      if (error instanceof SpaceTaken) return run('AT_ONCE');
      throw error;
    });
    const machines = JSON.parse(answer.machines) as { virtualMachineId: string; jobId: string }[];
    return machines.map((machine) => ({
      ...machine,
      password: passwords.get(machine.virtualMachineId) ?? null,
    }));
  }
}
