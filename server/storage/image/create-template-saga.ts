import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { forgetUnmadeImage, takeImageFiles } from './image-limits.ts';
import { appendImageUsage } from './image-usage.ts';

const createTemplateInput = z.object({
  imageId: imageIdField,
  imageStoreId: idField('ImageStore'),
  storePath: z.string(),
  fileName: z.string(),
  volumeId: idField('Volume'),
  pool: z.object({ poolId: idField('StoragePool'), path: z.string() }),
  /** Agent of a host that reaches the pool. */
  agentId: idField('Agent'),
  /** Agent that looks after the image store. */
  storageAgentId: idField('Agent'),
});

type CreateTemplateInput = z.output<typeof createTemplateInput>;
type CreateTemplateOutputs = { copyDisk: { sizeBytes: string; virtualSizeBytes: string } };

/** Copies a stopped machine's disk to secondary storage, as a template of its own. */
export function createTemplateSaga({
  agents,
  clock,
  settings,
}: {
  agents: AgentDispatcher;
  clock: Clock;
  settings: Settings;
}) {
  return defineSaga<CreateTemplateInput, CreateTemplateOutputs>({
    kind: 'template.create',
    input: createTemplateInput,
    steps: [
      {
        name: 'copyDisk',
        act: async (run) => {
          const { agentId, volumeId, pool, storePath, fileName } = run.input;
          const payload = { volumeId, pool, targetPath: `${storePath}/${fileName}` };
          const deadlineSeconds = settings.get('copy.volume.wait');
          const { sizeBytes, virtualSizeBytes } = await agents.execute(
            run,
            agentId,
            'volume.export',
            payload,
            { deadlineSeconds },
          );
          return { sizeBytes: sizeBytes.toString(), virtualSizeBytes: virtualSizeBytes.toString() };
        },
        record: async (tx, { input, jobId }, output) => {
          const sizes = {
            sizeBytes: BigInt(output.sizeBytes),
            virtualSizeBytes: BigInt(output.virtualSizeBytes),
          };
          await tx
            .updateTable('ImageReplica')
            .set({ state: 'READY', progress: 100, ...sizes })
            .where('imageId', '=', input.imageId)
            .where('imageStoreId', '=', input.imageStoreId)
            .execute();
          await tx.updateTable('Volume').set({ state: 'READY' }).where('id', '=', input.volumeId).execute();
          await appendImageUsage(tx, 'CREATE', input.imageId, clock.now(), { id: jobId, part: 'copyDisk' });
          await takeImageFiles(tx, settings, input.imageId, sizes.sizeBytes);
        },
        undo: async (run) => {
          const { storageAgentId, storePath, fileName } = run.input;
          const deadlineSeconds = settings.get('wait');
          await agents.execute(
            run,
            storageAgentId,
            'image.delete',
            { storePath, fileName },
            { deadlineSeconds },
          );
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.imageId),
    failed: async (tx, { input }) => {
      await forgetUnmadeImage(tx, input.imageId);
      await tx.updateTable('Volume').set({ state: 'READY' }).where('id', '=', input.volumeId).execute();
    },
  });
}
