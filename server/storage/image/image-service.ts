import type { Row, Transaction } from '@nephos/model/database.ts';
import type { ImageKind } from '@nephos/model/generated/enums.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id, type ImageId } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { move } from '../../compute/virtual-machine/store.ts';
import { demand, getForChange, holdGuarded } from '../../identity/access/guarded-loader.ts';
import { activeOwner, assertOpenZone, ownerFor } from '../../identity/access/owner.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import { releaseLimits, takeLimits } from '../../identity/limit/limits.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, notFound, PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { Check } from '../../platform/validation.ts';
import { createTemplateSaga } from './create-template-saga.ts';
import { imageAmounts } from './image-limits.ts';
import { checkImage, type ImagePlan } from './image-plan.ts';
import { purgeImageSaga, type PurgeInput } from './purge-saga.ts';
import { registerImageSaga } from './register-saga.ts';

export interface RegisterImageInput extends ImagePlan {
  zoneId: Id<'Zone'>;
  /** Account that is to own it; the actor's own when absent. */
  accountId?: Id<'Account'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface CreateTemplateInput {
  virtualMachineId: Id<'VirtualMachine'>;
  name: string;
  displayText?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const permissionOf = (kind: ImageKind, verb: 'register' | 'delete' | 'publish'): Permission =>
  kind === 'ISO' ? `iso.${verb}` : `template.${verb}`;

/** Templates and ISOs. */
export class ImageService {
  readonly #platform: Platform;
  readonly #register: ReturnType<typeof registerImageSaga>;
  readonly #createTemplate: ReturnType<typeof createTemplateSaga>;
  readonly #purge: ReturnType<typeof purgeImageSaga>;
  readonly reconciler: Reconciler;

  constructor(platform: Platform, deps: { agents: AgentDispatcher; clock: Clock; settings: Settings }) {
    this.#platform = platform;
    this.#register = registerImageSaga(deps);
    this.#createTemplate = createTemplateSaga(deps);
    this.#purge = purgeImageSaga(deps);
    platform.runner.register(this.#register);
    platform.runner.register(this.#createTemplate);
    platform.runner.register(this.#purge);
    this.reconciler = new Reconciler({
      name: 'deleted-images',
      everySeconds: () => 30,
      look: () => this.#purgeUnused(),
      log: platform.log,
    });
  }

  /** Has an image fetched from a URL into the zone's image store. */
  register(
    actor: Actor,
    kind: ImageKind,
    input: RegisterImageInput,
  ): Promise<{ imageId: string; jobId: string }> {
    const check = new Check();
    checkImage(check, 'input', kind, input, this.#platform.settings.get('secstorage.allowed.internal.sites'));
    check.done();
    const action = permissionOf(kind, 'register');
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const isPublic = input.isPublic ?? false;
      if (isPublic) demand(actor, permissionOf(kind, 'publish'));
      const owner = await ownerFor(tx, actor, input.accountId, action);
      const zone = await holdGuarded(tx, actor, 'Zone', input.zoneId, action);
      assertOpenZone(owner, zone, 'input.zoneId');
      const store = await imageStoreOf(tx, input.zoneId);
      const imageId: ImageId = kind === 'ISO' ? newId('Iso') : newId('Template');
      const fileName = `${imageId}.${input.format.toLowerCase()}`;
      await this.#insert(
        tx,
        {
          id: imageId,
          kind,
          accountId: owner.accountId,
          name: input.name,
          displayText: input.displayText ?? input.name,
          format: input.format,
          url: input.url,
          checksum: input.checksum ?? null,
          isPublic,
          createdAt: mutation.at,
        },
        store,
        fileName,
      );
      const job = await mutation.startJob(
        this.#register,
        {
          imageId,
          imageStoreId: store.id,
          agentId: store.agentId,
          storePath: store.path,
          fileName,
          format: input.format,
          url: input.url,
          sha256: input.checksum?.slice('sha256:'.length) ?? null,
        },
        { kind: kind === 'ISO' ? 'Iso' : 'Template', id: imageId, accountId: owner.accountId },
      );
      return { imageId, jobId: job.id };
    });
  }

  /** Makes a template of a stopped machine's root disk. The machine cannot start until the copy is done. */
  createFromMachine(actor: Actor, input: CreateTemplateInput): Promise<{ imageId: string; jobId: string }> {
    const check = new Check();
    check.name('input.name', input.name);
    if (input.displayText != null) check.line('input.displayText', input.displayText);
    check.done();
    const action = 'template.create';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await getForChange(tx, actor, 'VirtualMachine', input.virtualMachineId, action);
      await activeOwner(tx, seen.accountId);
      const machine = await move(tx, seen.id, 'createTemplate');
      const disk = await takeRootDisk(tx, machine.id);
      const store = await imageStoreOf(tx, machine.zoneId);
      const imageId = newId('Template');
      const fileName = `${imageId}.qcow2`;
      await this.#insert(
        tx,
        {
          id: imageId,
          kind: 'TEMPLATE',
          accountId: machine.accountId,
          name: input.name,
          displayText: input.displayText ?? input.name,
          format: 'QCOW2',
          sourceMachineId: machine.id,
          createdAt: mutation.at,
        },
        store,
        fileName,
      );
      const job = await mutation.startJob(
        this.#createTemplate,
        {
          imageId,
          imageStoreId: store.id,
          storePath: store.path,
          fileName,
          volumeId: disk.id,
          pool: { poolId: disk.poolId, path: disk.path },
          agentId: disk.agentId,
          storageAgentId: store.agentId,
        },
        { kind: 'Template', id: imageId, accountId: machine.accountId, lane: machine.id },
      );
      return { imageId, jobId: job.id };
    });
  }

  /**
   * Deletes an image. Disks that stand on a template keep what they need of it until the last one is gone. `actor` is
   * `null` when the account that owns it is removed.
   */
  delete(actor: Actor | null, kind: ImageKind, id: ImageId): Promise<{ jobId: string }> {
    const action = permissionOf(kind, 'delete');
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      if (actor !== null) await getForChange(tx, actor, 'Image', id, action);
      const image = await tx
        .updateTable('Image')
        .set({ removedAt: mutation.at })
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (image === undefined) throw notFound(kind === 'ISO' ? 'ISO' : 'template', id);
      await releaseLimits(tx, image.accountId, await imageAmounts(tx, id));
      const holder = await tx
        .selectFrom('VirtualMachine')
        .select('name')
        .where('isoId', '=', id)
        .executeTakeFirst();
      if (holder !== undefined) {
        throw new PlatformError('RESOURCE_IN_USE', `${image.name} is in the drive of ${holder.name}`, {
          details: { virtualMachine: holder.name },
          remedy: 'detach it there first',
        });
      }
      mutation.concerns(kind === 'ISO' ? 'Iso' : 'Template', id, image.accountId);
      const job = await mutation.startJob(this.#purge, await leftOf(tx, image.id), {
        kind: kind === 'ISO' ? 'Iso' : 'Template',
        id,
        accountId: image.accountId,
      });
      return { jobId: job.id };
    });
  }

  async #insert(
    tx: Transaction,
    image: Parameters<ReturnType<typeof tx.insertInto<'Image'>>['values']>[0],
    store: { id: Id<'ImageStore'>; zoneId: Id<'Zone'> },
    path: string,
  ): Promise<void> {
    const { id, accountId } = await tx
      .insertInto('Image')
      .values(image)
      .returning(['id', 'accountId'])
      .executeTakeFirstOrThrow();
    await takeLimits(tx, this.#platform.settings, accountId, { TEMPLATE: 1n });
    await tx
      .insertInto('ImageReplica')
      .values({ imageId: id, imageStoreId: store.id, zoneId: store.zoneId, state: 'DOWNLOADING', path })
      .execute();
  }

  /** Deleted images of which something is left that nothing stands on any more. */
  async #purgeUnused(): Promise<void> {
    const { db, mutations } = this.#platform;
    const removed = await db
      .selectFrom('Image')
      .select(['id', 'kind', 'accountId'])
      .where('removedAt', 'is not', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('Job')
              .select('Job.id')
              .whereRef('Job.lane', '=', 'Image.id')
              .where('status', 'in', ['QUEUED', 'RUNNING', 'CANCELLING', 'STUCK']),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('VirtualMachine').select('VirtualMachine.id').whereRef('templateId', '=', 'Image.id'),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('Volume').select('Volume.id').whereRef('Volume.imageId', '=', 'Image.id'))),
      )
      .limit(50)
      .execute();
    for (const { id, kind, accountId } of removed) {
      await mutations.run({ action: 'image.purge', actor: null, input: {} }, async (mutation) => {
        const target = { kind: kind === 'ISO' ? 'Iso' : 'Template', id, accountId };
        await mutation.startJob(this.#purge, await leftOf(mutation.tx, id), target);
        return {};
      });
    }
  }
}

/** The zone's image store, and an agent that looks after it. */
async function imageStoreOf(tx: Transaction, zoneId: Id<'Zone'>) {
  const store = await tx
    .selectFrom('ImageStore')
    .innerJoin('Agent', 'Agent.zoneId', 'ImageStore.zoneId')
    .select(['ImageStore.id', 'ImageStore.zoneId', 'ImageStore.path', 'Agent.id as agentId'])
    .where('ImageStore.zoneId', '=', zoneId)
    .where('ImageStore.state', '=', 'UP')
    .where('Agent.revokedAt', 'is', null)
    .orderBy('ImageStore.id')
    .executeTakeFirst();
  if (store === undefined) throw invalid('input.zoneId', zoneId, 'must be a zone with an image store');
  return store;
}

/** Marks a machine's root disk as being copied. */
async function takeRootDisk(tx: Transaction, machineId: Id<'VirtualMachine'>) {
  const disk = await tx
    .updateTable('Volume')
    .set({ state: 'COPYING' })
    .where('virtualMachineId', '=', machineId)
    .where('kind', '=', 'ROOT')
    .where('state', '=', 'READY')
    .returning(['id', 'poolId'])
    .executeTakeFirst();
  if (disk === undefined)
    throw new PlatformError('INVALID_STATE', 'the root disk is being worked on; wait until it is READY');
  const place = await tx
    .selectFrom('StoragePool')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.poolId', 'StoragePool.id')
    .innerJoin('Host', 'Host.id', 'StoragePoolHost.hostId')
    .select(['StoragePool.path', 'Host.agentId'])
    .where('StoragePool.id', '=', disk.poolId)
    .orderBy((row) => row('linkState', '=', 'UP'), 'desc')
    .executeTakeFirstOrThrow();
  return { ...disk, ...place };
}

/** What of a deleted image can be removed now. */
async function leftOf(tx: Transaction, imageId: Row<'Image'>['id']): Promise<PurgeInput> {
  const files = await tx
    .selectFrom('ImageReplica')
    .innerJoin('ImageStore', 'ImageStore.id', 'ImageReplica.imageStoreId')
    .innerJoin('Agent', 'Agent.zoneId', 'ImageReplica.zoneId')
    .select(['Agent.id as agentId', 'ImageStore.path as storePath', 'ImageReplica.path as fileName'])
    .distinctOn('ImageStore.id')
    .where('imageId', '=', imageId)
    .orderBy('ImageStore.id')
    .execute();
  const copies = await tx
    .selectFrom('BaseImage')
    .innerJoin('StoragePool', 'StoragePool.id', 'BaseImage.poolId')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.poolId', 'BaseImage.poolId')
    .innerJoin('Host', 'Host.id', 'StoragePoolHost.hostId')
    .select(['Host.agentId', 'BaseImage.poolId', 'StoragePool.path'])
    .distinctOn('BaseImage.poolId')
    .where('BaseImage.imageId', '=', imageId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('Volume')
            .select('Volume.id')
            .whereRef('Volume.poolId', '=', 'BaseImage.poolId')
            .whereRef('Volume.imageId', '=', 'BaseImage.imageId'),
        ),
      ),
    )
    .orderBy('BaseImage.poolId')
    .execute();
  return {
    imageId,
    files,
    copies: copies.map(({ agentId, poolId, path }) => ({ agentId, pool: { poolId, path } })),
  };
}
