import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { AccountRemoval } from '../../account/account-removal.ts';
import { keepDisabled } from '../../account/deletion-store.ts';

const deleteProjectInput = z.object({ projectId: idField('Project'), accountId: idField('Account') });

type DeleteProjectOutputs = { removeMachines: undefined; removeImages: undefined; removeProject: undefined };

/**
 * Removes a project with its account and all that they own. What is gone is gone: if something cannot be removed, the
 * project stays with the rest, suspended.
 */
export function deleteProjectSaga({ removal }: { removal: AccountRemoval }) {
  return defineSaga<z.output<typeof deleteProjectInput>, DeleteProjectOutputs>({
    kind: 'project.delete',
    input: deleteProjectInput,
    noReturnFrom: 'removeMachines',
    steps: [
      {
        name: 'removeMachines',
        act: async (run) => {
          await removal.removeMachines(run, () => Promise.resolve([run.input.accountId]));
        },
      },
      {
        name: 'removeImages',
        act: async (run) => {
          await removal.removeImages(run, () => Promise.resolve([run.input.accountId]));
        },
      },
      {
        name: 'removeProject',
        record: (tx, { input }) => removal.forget(tx, [input.accountId]),
      },
    ],
    failed: (tx, { input }) => keepDisabled(tx, input),
  });
}
