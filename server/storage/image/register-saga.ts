import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { AgentFailed } from '../../agent-gateway/agent-errors.ts';
import { invalid } from '../../platform/errors.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { forgetUnmadeImage, takeImageFiles } from './image-limits.ts';
import { appendImageUsage } from './image-usage.ts';

const registerInput = z.object({
  imageId: imageIdField,
  imageStoreId: idField('ImageStore'),
  agentId: idField('Agent'),
  storePath: z.string(),
  fileName: z.string(),
  format: z.enum(['QCOW2', 'RAW', 'ISO']),
  url: z.string(),
  sha256: z.string().nullable(),
});

type RegisterInput = z.output<typeof registerInput>;
type RegisterOutputs = { download: { sizeBytes: string; virtualSizeBytes: string; sha256: string } };

/** The field of the input that a download's failure is about, and the rule that it broke. */
function explained(input: RegisterInput, error: AgentFailed): Error {
  switch (error.agentCode) {
    case 'FORBIDDEN_ADDRESS':
    case 'DOWNLOAD_FAILED':
    case 'TOO_LARGE':
      return invalid('input.url', input.url, error.message);
    case 'CHECKSUM_MISMATCH':
      return invalid('input.checksum', input.sha256 && `sha256:${input.sha256}`, error.message);
    case 'INVALID_IMAGE':
      return invalid('input.format', input.format, error.message);
    default:
      return error;
  }
}

/** Has a storage agent fetch an image; one that cannot be had, or is not what it should be, leaves nothing. */
export function registerImageSaga({
  agents,
  clock,
  settings,
}: {
  agents: AgentDispatcher;
  clock: Clock;
  settings: Settings;
}) {
  return defineSaga<RegisterInput, RegisterOutputs>({
    kind: 'image.register',
    input: registerInput,
    steps: [
      {
        name: 'download',
        act: async (run) => {
          const { imageId, agentId, storePath, fileName, format, url, sha256 } = run.input;
          const payload = {
            imageId,
            storePath,
            fileName,
            format,
            url,
            sha256,
            maxBytes: BigInt(settings.get('image.max.bytes')),
            maxVirtualBytes: BigInt(settings.get('image.max.virtual.bytes')),
            allowedInternalSites: settings.get('secstorage.allowed.internal.sites'),
          };
          try {
            const deadlineSeconds = settings.get('copy.volume.wait');
            const sizes = await agents.execute(run, agentId, 'image.download', payload, { deadlineSeconds });
            const { sizeBytes, virtualSizeBytes, sha256: found } = sizes;
            return {
              sizeBytes: sizeBytes.toString(),
              virtualSizeBytes: virtualSizeBytes.toString(),
              sha256: found,
            };
          } catch (error) {
            throw error instanceof AgentFailed ? explained(run.input, error) : error;
          }
        },
        record: async (tx, { input, jobId }, output) => {
          const { sizeBytes, virtualSizeBytes, sha256 } = output;
          const sizes = { sizeBytes: BigInt(sizeBytes), virtualSizeBytes: BigInt(virtualSizeBytes), sha256 };
          await tx
            .updateTable('ImageReplica')
            .set({ state: 'READY', progress: 100, ...sizes })
            .where('imageId', '=', input.imageId)
            .where('imageStoreId', '=', input.imageStoreId)
            .execute();
          await appendImageUsage(tx, 'CREATE', input.imageId, clock.now(), { id: jobId, part: 'download' });
          await takeImageFiles(tx, settings, input.imageId, sizes.sizeBytes);
        },
        undo: async (run) => {
          const { agentId, storePath, fileName } = run.input;
          await agents.execute(
            run,
            agentId,
            'image.delete',
            { storePath, fileName },
            { deadlineSeconds: settings.get('wait') },
          );
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.imageId),
    failed: async (tx, { input }) => {
      await forgetUnmadeImage(tx, input.imageId);
    },
  });
}
