import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { ImageId } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { appendImageUsage } from './image-usage.ts';

const purgeInput = z.object({
  imageId: imageIdField,
  /** Its files on secondary storage. */
  files: z.array(z.object({ agentId: idField('Agent'), storePath: z.string(), fileName: z.string() })),
  /** Its copies on primary storage that no disk stands on, each with the agent of a host that reaches it. */
  copies: z.array(
    z.object({
      agentId: idField('Agent'),
      pool: z.object({ poolId: idField('StoragePool'), path: z.string() }),
    }),
  ),
});

export type PurgeInput = z.output<typeof purgeInput>;
type PurgeOutputs = { removeFiles: undefined; removeCopies: undefined };

/** Removes of a deleted image what nothing stands on any more; what is still in use goes with a later run. */
export function purgeImageSaga({
  agents,
  clock,
  settings,
}: {
  agents: AgentDispatcher;
  clock: Clock;
  settings: Settings;
}) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<PurgeInput, PurgeOutputs>({
    kind: 'image.purge',
    input: purgeInput,
    noReturnFrom: 'removeFiles',
    steps: [
      {
        name: 'removeFiles',
        act: async (run) => {
          for (const { agentId, storePath, fileName } of run.input.files) {
            await agents.execute(
              run,
              agentId,
              'image.delete',
              { storePath, fileName },
              { ...wait(), label: storePath },
            );
          }
        },
        record: async (tx, { input, jobId }) => {
          await appendImageUsage(tx, 'DELETE', input.imageId, clock.now(), {
            id: jobId,
            part: 'removeFiles',
          });
          await tx.deleteFrom('ImageReplica').where('imageId', '=', input.imageId).execute();
        },
      },
      {
        name: 'removeCopies',
        act: async (run) => {
          const { copies, imageId } = run.input;
          for (const { agentId, pool } of copies) {
            await agents.execute(
              run,
              agentId,
              'base.remove',
              { imageId, pool },
              { ...wait(), label: pool.poolId },
            );
          }
        },
        record: async (tx, { input }) => {
          const pools = input.copies.map(({ pool }) => pool.poolId);
          if (pools.length > 0) {
            await tx
              .deleteFrom('BaseImage')
              .where('imageId', '=', input.imageId)
              .where('poolId', 'in', pools)
              .execute();
          }
          await forgetUnused(tx, input.imageId);
        },
      },
    ],
  });
}

/** Deletes an image's row once nothing refers to it. */
async function forgetUnused(tx: Transaction, imageId: ImageId): Promise<void> {
  await tx
    .deleteFrom('Image')
    .where('id', '=', imageId)
    .where(({ not, exists, selectFrom, or }) =>
      not(
        or([
          exists(
            selectFrom('VirtualMachine')
              .select('id')
              .where((row) => row.or([row('templateId', '=', imageId), row('isoId', '=', imageId)])),
          ),
          exists(selectFrom('Volume').select('id').where('Volume.imageId', '=', imageId)),
          exists(selectFrom('BaseImage').select('poolId').where('BaseImage.imageId', '=', imageId)),
        ]),
      ),
    )
    .execute();
}
