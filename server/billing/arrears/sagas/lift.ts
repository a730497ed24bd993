import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { LifecycleService } from '../../../compute/virtual-machine/lifecycle-service.ts';
import type { AccessNotices } from '../../../identity/access/access-notices.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { Platform } from '../../../platform/platform.ts';
import { forgetArrears, releaseAccount } from '../arrears-store.ts';
import { tellOfStage } from '../arrears-step.ts';
import { startStoppedMachines } from '../machine-starts.ts';

const liftInput = z.object({ accountId: idField('Account') });

export interface LiftDeps extends Pick<Platform, 'db' | 'clock' | 'runner'> {
  machines: LifecycleService;
  access: AccessNotices;
}

type LiftOutputs = {
  releaseAccount: undefined;
  announceRights: undefined;
  tellOwner: undefined;
  startMachines: undefined;
};

/**
 * Takes back what was done to an account because of its arrears: it is unlocked, and the machines that were stopped start
 * again, and no others. What cannot be started is named; the account is free of arrears all the same.
 */
export function liftSaga(deps: LiftDeps) {
  const { clock, access } = deps;
  return defineSaga<{ accountId: Id<'Account'> }, LiftOutputs>({
    kind: 'arrears.lift',
    input: liftInput,
    noReturnFrom: 'releaseAccount',
    steps: [
      { name: 'releaseAccount', record: (tx, { input }) => releaseAccount(tx, input.accountId) },
      {
        name: 'announceRights',
        act: async ({ input: { accountId } }) => {
          await access.announce({ accountId });
        },
      },
      {
        name: 'tellOwner',
        record: (tx, { input }) => tellOfStage(tx, input.accountId, 'LIFTING', clock.now()),
      },
      {
        name: 'startMachines',
        act: async (run) => {
          await startStoppedMachines(deps, run, run.input.accountId);
        },
      },
    ],
    succeeded: async (tx, { input: { accountId } }) => {
      await forgetArrears(tx, accountId);
      return accountId;
    },
    failed: async (tx, { input: { accountId } }) => {
      await releaseAccount(tx, accountId);
      await forgetArrears(tx, accountId);
    },
  });
}
