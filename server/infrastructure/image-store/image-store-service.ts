import { idField } from '@nephos/agent-protocol/fields.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { spaceOf, type SpaceText } from '../storage-pool/attach.ts';
import { checkImageStore, insertImageStore, storageAgentFor, type ImageStorePlan } from './store.ts';

const sagaInput = z.object({
  imageStoreId: idField('ImageStore'),
  zoneId: idField('Zone'),
  plan: z.custom<ImageStorePlan>((value) => typeof value === 'object'),
  agentId: idField('Agent'),
});

type SagaInput = z.output<typeof sagaInput>;
type Outputs = { attach: SpaceText };

const deadlineSeconds = 60;

function createImageStoreSaga(agents: AgentDispatcher) {
  const reference = ({ imageStoreId, plan }: SagaInput) => ({ imageStoreId, path: plan.path });
  return defineSaga<SagaInput, Outputs>({
    kind: 'imageStore.create',
    input: sagaInput,
    steps: [
      {
        name: 'attach',
        act: async (run) => {
          const space = await agents.execute(run, run.input.agentId, 'store.attach', reference(run.input), {
            deadlineSeconds,
          });
          return { totalBytes: space.totalBytes.toString(), usedBytes: space.usedBytes.toString() };
        },
        record: async (tx, { input }, space) => {
          await insertImageStore(
            tx,
            input.imageStoreId,
            input.zoneId,
            input.plan,
            input.agentId,
            spaceOf(space),
          );
        },
        undo: async (run) => {
          await agents.execute(run, run.input.agentId, 'store.detach', reference(run.input), {
            deadlineSeconds,
          });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.imageStoreId),
  });
}

/** Secondary storage. */
export class ImageStoreService {
  readonly #platform: Platform;
  readonly #create: ReturnType<typeof createImageStoreSaga>;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#create = createImageStoreSaga(agents);
    platform.runner.register(this.#create);
  }

  /** Attaches a directory on a storage agent. @returns the id the store will have, and the job */
  create(
    actor: Actor,
    input: ImageStorePlan & { zoneId: Id<'Zone'>; idempotencyKey?: string | null | undefined },
  ): Promise<{ imageStoreId: string; jobId: string }> {
    const { zoneId, idempotencyKey: _, ...plan } = input;
    const check = new Check();
    checkImageStore(check, 'input', plan);
    check.done();
    return this.#platform.mutations.run({ action: 'imageStore.create', actor, input }, async (mutation) => {
      const { tx } = mutation;
      await getForChange(tx, actor, 'Zone', zoneId, 'imageStore.create');
      const agent = await storageAgentFor(tx, 'input', zoneId, plan);
      const imageStoreId = newId('ImageStore');
      const job = await mutation.startJob(
        this.#create,
        { imageStoreId, zoneId, plan, agentId: agent.id },
        { kind: 'ImageStore', id: imageStoreId, accountId: null },
      );
      return { imageStoreId, jobId: job.id };
    });
  }
}
