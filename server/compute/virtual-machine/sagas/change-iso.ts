import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from './deploy.ts';

const isoField = z.object({ imageId: imageIdField, path: z.string() }).nullable();

const changeIsoInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Agent of the host it runs on; `null` while it is off: then the next start puts the disc in. */
  agentId: idField('Agent').nullable(),
  iso: isoField,
  before: isoField,
});

type ChangeIsoInput = z.output<typeof changeIsoInput>;

/** Puts another disc into a machine's drive, or takes it out. */
export function changeIsoSaga({ agents, settings }: MachineSagaDeps) {
  return defineSaga<ChangeIsoInput, { changeDisc: undefined }>({
    kind: 'virtualMachine.changeIso',
    input: changeIsoInput,
    steps: [
      {
        name: 'changeDisc',
        act: async (run) => {
          const { agentId, machineId, iso } = run.input;
          if (agentId === null) return;
          const payload = { machineId, isoPath: iso?.path ?? null };
          await agents.execute(run, agentId, 'machine.setIso', payload, {
            deadlineSeconds: settings.get('wait'),
          });
        },
        record: async (tx, { input }) => {
          await tx
            .updateTable('VirtualMachine')
            .set({ isoId: input.iso?.imageId ?? null })
            .where('id', '=', input.machineId)
            .execute();
        },
        undo: async (run) => {
          const { agentId, machineId, before } = run.input;
          if (agentId === null) return;
          const payload = { machineId, isoPath: before?.path ?? null };
          await agents.execute(run, agentId, 'machine.setIso', payload, {
            deadlineSeconds: settings.get('wait'),
          });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}
