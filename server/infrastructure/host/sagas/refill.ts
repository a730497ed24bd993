import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { HostEmptying } from '../host-emptying.ts';

const refillInput = z.object({ hostId: idField('Host') });

export const refillKind = 'host.refill';

/** Brings machines back to a host that they had to leave. What has come stays, whether the rest follows or not. */
export function refillSaga(emptying: HostEmptying) {
  return defineSaga<z.output<typeof refillInput>, { returnMachines: undefined }>({
    kind: refillKind,
    input: refillInput,
    steps: [
      {
        name: 'returnMachines',
        act: async (run) => {
          await emptying.refill(run, run.input.hostId);
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.hostId),
  });
}
