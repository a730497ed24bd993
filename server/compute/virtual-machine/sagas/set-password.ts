import { idField, userNameField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { findPasswordHash, forgetPassword } from '../seed/guest-password.ts';
import type { MachineSagaDeps } from './deploy.ts';

const setPasswordInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  userName: userNameField,
});

/** Has the agent inside a running guest give a user the password that lies, sealed, in the machine's row. */
export function setPasswordSaga({ db, agents, sealing, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof setPasswordInput>, { setPassword: undefined }>({
    kind: 'virtualMachine.setPassword',
    input: setPasswordInput,
    noReturnFrom: 'setPassword',
    steps: [
      {
        name: 'setPassword',
        act: async (run) => {
          const { agentId, machineId, userName } = run.input;
          const passwordHash = await findPasswordHash(db, sealing, machineId);
          if (passwordHash === null)
            throw new PlatformError('INVALID_STATE', 'the guest was given the password already');
          await agents.execute(
            run,
            agentId,
            'machine.setPassword',
            { machineId, userName, passwordHash },
            { deadlineSeconds: settings.get('wait') },
          );
        },
        record: (tx, { input }) => forgetPassword(tx, input.machineId),
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: (tx, { input }) => forgetPassword(tx, input.machineId),
  });
}
