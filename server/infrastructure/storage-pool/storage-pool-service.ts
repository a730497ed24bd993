import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { getForChange, getGuarded, lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Platform } from '../../platform/platform.ts';
import { checkTags, tidyTags } from '../../platform/tags.ts';
import { Check } from '../../platform/validation.ts';
import { attachPool, detachPool, spaceOf, type PoolHost, type SpaceText } from './attach.ts';
import { checkStoragePool, insertStoragePool, type PoolPlace, type StoragePoolPlan } from './store.ts';

export interface CreateStoragePoolInput extends StoragePoolPlan {
  zoneId: Id<'Zone'>;
  /** For scope CLUSTER. */
  clusterId?: Id<'Cluster'> | null | undefined;
  /** For scope HOST. */
  hostId?: Id<'Host'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface UpdateStoragePoolInput extends ExpectsVersion {
  id: Id<'StoragePool'>;
  name?: string | null | undefined;
  /** What offerings may ask for. */
  tags?: readonly string[] | null | undefined;
  /** `null`: as the setting says. */
  overprovisioning?: number | null | undefined;
  isEnabled?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const largestOverprovisioning = 100;

const sagaInput = z.object({
  poolId: idField('StoragePool'),
  place: z.custom<PoolPlace>((value) => typeof value === 'object'),
  plan: z.custom<StoragePoolPlan>((value) => typeof value === 'object'),
  hosts: z.array(z.object({ hostId: idField('Host'), agentId: idField('Agent') })),
});

type SagaInput = z.output<typeof sagaInput>;
type Outputs = { attach: SpaceText };

function createStoragePoolSaga(agents: AgentDispatcher) {
  const reference = ({ poolId, plan }: SagaInput) => ({ poolId, path: plan.path });
  return defineSaga<SagaInput, Outputs>({
    kind: 'storagePool.create',
    input: sagaInput,
    steps: [
      {
        name: 'attach',
        act: (run) => attachPool(agents, run, reference(run.input), run.input.hosts),
        record: async (tx, { input }, space) => {
          const hostIds = input.hosts.map(({ hostId }) => hostId);
          await insertStoragePool(tx, input.poolId, input.place, input.plan, hostIds, spaceOf(space));
        },
        undo: (run) => detachPool(agents, run, reference(run.input), run.input.hosts),
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.poolId),
  });
}

/** Primary storage. */
export class StoragePoolService {
  readonly #platform: Platform;
  readonly #create: ReturnType<typeof createStoragePoolSaga>;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#create = createStoragePoolSaga(agents);
    platform.runner.register(this.#create);
  }

  /** Attaches a directory on all hosts of its scope. @returns the id the pool will have, and the job */
  create(actor: Actor, input: CreateStoragePoolInput): Promise<{ poolId: string; jobId: string }> {
    const { zoneId, clusterId, hostId, idempotencyKey: _, ...plan } = input;
    const check = new Check();
    checkStoragePool(check, 'input', plan);
    check.that(
      (plan.scope === 'CLUSTER') === (clusterId != null),
      'input.clusterId',
      clusterId,
      'must be given for scope CLUSTER, and only then',
    );
    check.that(
      (plan.scope === 'HOST') === (hostId != null),
      'input.hostId',
      hostId,
      'must be given for scope HOST, and only then',
    );
    check.done();
    return this.#platform.mutations.run({ action: 'storagePool.create', actor, input }, async (mutation) => {
      const { tx } = mutation;
      await getForChange(tx, actor, 'Zone', zoneId, 'storagePool.create');
      const host = hostId == null ? null : await getGuarded(tx, actor, 'Host', hostId, 'storagePool.create');
      const scopeCluster = clusterId ?? host?.clusterId;
      const cluster =
        scopeCluster == null
          ? null
          : await getGuarded(tx, actor, 'Cluster', scopeCluster, 'storagePool.create');
      if (cluster !== null && cluster.zoneId !== zoneId)
        throw invalid('input.zoneId', zoneId, 'must be the zone of the cluster or host');
      const inZone = tx.selectFrom('Host').select(['id as hostId', 'agentId']).where('zoneId', '=', zoneId);
      const inCluster = cluster === null ? inZone : inZone.where('clusterId', '=', cluster.id);
      const hosts: PoolHost[] = await (
        host === null ? inCluster : inCluster.where('id', '=', host.id)
      ).execute();
      if (hosts.length === 0) throw invalid('input.scope', plan.scope, 'must hold at least one host');
      const poolId = newId('StoragePool');
      const place: PoolPlace = {
        zoneId,
        podId: cluster?.podId ?? null,
        clusterId: cluster?.id ?? null,
        hostId: host?.id ?? null,
      };
      const job = await mutation.startJob(
        this.#create,
        { poolId, place, plan, hosts },
        { kind: 'StoragePool', id: poolId, accountId: null },
      );
      return { poolId, jobId: job.id };
    });
  }

  /**
   * Fields that are absent stay as they are.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT, INVALID_STATE for one that is not in use yet
   */
  update(actor: Actor, input: UpdateStoragePoolInput): Promise<{ storagePoolId: string }> {
    const { name, tags, overprovisioning, isEnabled } = input;
    const check = new Check();
    if (name != null) check.name('input.name', name);
    checkTags(check, 'input.tags', tags);
    if (overprovisioning != null)
      check.range('input.overprovisioning', overprovisioning, 1, largestOverprovisioning);
    check.done();
    const action = 'storagePool.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const before = await lockForChange(tx, actor, 'StoragePool', input.id, action);
      assertVersion(`storage pool ${before.name}`, before, input);
      const after = {
        name: name ?? before.name,
        tags: tags == null ? before.tags : tidyTags(tags),
        overprovisioning: overprovisioning === undefined ? before.overprovisioning : overprovisioning,
        state: isEnabled == null ? before.state : enabledState(before, isEnabled),
      };
      try {
        await tx.updateTable('StoragePool').set(after).where('id', '=', before.id).execute();
      } catch (error) {
        if (isUniqueViolation(error))
          throw invalid('input.name', name, 'is the name of another storage pool of this zone');
        throw error;
      }
      mutation.concerns('StoragePool', before.id, null, changedFields(before, after));
      return { storagePoolId: before.id };
    });
  }
}

/** @throws PlatformError INVALID_STATE */
function enabledState({ id, name, state }: Row<'StoragePool'>, isEnabled: boolean): 'UP' | 'DISABLED' {
  if (state === 'UP' || state === 'DISABLED') return isEnabled ? 'UP' : 'DISABLED';
  throw new PlatformError('INVALID_STATE', `storage pool ${name} is ${state}; it must be UP or DISABLED`, {
    details: { id, state },
  });
}
