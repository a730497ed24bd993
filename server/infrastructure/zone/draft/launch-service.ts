import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { demand, lockForChange } from '../../../identity/access/guarded-loader.ts';
import type { Actor } from '../../../platform/actor.ts';
import { PlatformError, validationFailed } from '../../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../../platform/expected-version.ts';
import type { Platform } from '../../../platform/platform.ts';
import { storageAgentFor } from '../../image-store/store.ts';
import { problemsOf } from './draft-problems.ts';
import { madeHosts } from './made.ts';
import { idsFor, launchInputOf } from './launch-ids.ts';
import { discardZoneSaga, takesBack, type DiscardOutputs } from './sagas/discard.ts';
import { launchZoneSaga, type LaunchDeps, type LaunchOutputs } from './sagas/launch.ts';
import { assertEditable } from './zone-draft-service.ts';
import { zonePlanOf } from './zone-plan-of.ts';

export interface LaunchRequest extends ExpectsVersion {
  id: Id<'ZoneDraft'>;
  idempotencyKey?: string | null | undefined;
}

/** Makes zones of drafts, and removes what was made of them. */
export class LaunchService {
  readonly #platform: Platform;
  readonly #launch: ReturnType<typeof launchZoneSaga>;
  readonly #discard: ReturnType<typeof discardZoneSaga>;

  constructor(platform: Platform, deps: LaunchDeps) {
    this.#platform = platform;
    this.#launch = launchZoneSaga(deps);
    this.#discard = discardZoneSaga(deps);
    platform.runner.register(this.#launch);
    platform.runner.register(this.#discard);
  }

  /**
   * Makes the zone, as one job: from the beginning, or from the step at which the last launch stopped.
   * @throws PlatformError VALIDATION_FAILED that names everything that stands in the way
   */
  launch(actor: Actor, input: LaunchRequest): Promise<{ draftId: string; jobId: string }> {
    const { sealing, mutations } = this.#platform;
    const action = 'zoneDraft.launch';
    return mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const draft = await lockForChange(tx, actor, 'ZoneDraft', input.id, action);
      demand(actor, 'zone.create');
      assertVersion(`zone draft ${draft.name}`, draft, input);
      assertEditable(draft);
      const { zone } = draft.plan;
      if (zone.dedicatedDomainId !== null || zone.dedicatedAccountId !== null) demand(actor, 'zone.dedicate');
      const [first, ...others] = await problemsOf(tx, sealing, draft);
      if (first !== undefined)
        throw validationFailed([first, ...others].map(inInput) as [typeof first, ...(typeof first)[]]);
      const ids = idsFor(draft);
      const storageAgentId = await this.#storageAgent(tx, draft, ids.zoneId);
      const done = await doneOf(tx, draft);
      const job = await mutation.startJob(
        this.#launch,
        launchInputOf(draft, ids, storageAgentId),
        { kind: 'ZoneDraft', id: draft.id, accountId: null },
        done,
      );
      await tx
        .updateTable('ZoneDraft')
        .set({ state: 'LAUNCHING', ids: JSON.stringify(ids), done, jobId: job.id, updatedBy: actor.username })
        .where('id', '=', draft.id)
        .execute();
      return { draftId: draft.id, jobId: job.id };
    });
  }

  /** Removes what launches have made, and then the draft, as one job. */
  discard(actor: Actor, input: LaunchRequest): Promise<{ draftId: string; jobId: string }> {
    const action = 'zoneDraft.discard';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const draft = await lockForChange(tx, actor, 'ZoneDraft', input.id, action);
      assertVersion(`zone draft ${draft.name}`, draft, input);
      if (draft.state !== 'DISCARD_FAILED') assertEditable(draft);
      const ids = idsFor(draft);
      await assertUnused(tx, draft, ids.zoneId);
      const there = await tx
        .selectFrom('Agent')
        .select('id')
        .where('kind', '=', 'STORAGE')
        .where('zoneId', '=', ids.zoneId)
        .executeTakeFirst();
      // Where there is none there is no image store either, and no step asks it.
      const storageAgentId = there?.id ?? newId('Agent');
      const job = await mutation.startJob(
        this.#discard,
        launchInputOf(draft, ids, storageAgentId),
        { kind: 'ZoneDraft', id: draft.id, accountId: null },
        nothingToDo(draft),
      );
      await tx
        .updateTable('ZoneDraft')
        .set({ state: 'DISCARDING', jobId: job.id, ids: JSON.stringify(ids), updatedBy: actor.username })
        .where('id', '=', draft.id)
        .execute();
      return { draftId: draft.id, jobId: job.id };
    });
  }

  async #storageAgent(tx: Transaction, draft: Row<'ZoneDraft'>, zoneId: Id<'Zone'>): Promise<Id<'Agent'>> {
    const { imageStore } = zonePlanOf(draft.plan);
    return (await storageAgentFor(tx, 'input.imageStore', zoneId, imageStore)).id;
  }
}

/** Problems are named by the draft's parts; errors name what was sent. */
const inInput = <Each extends { path: string }>(problem: Each): Each => ({
  ...problem,
  path: `input.${problem.path}`,
});

/** What need not be done again. A host that came to the draft since is still to be made. */
async function doneOf(tx: Transaction, draft: Row<'ZoneDraft'>): Promise<(keyof LaunchOutputs)[]> {
  const done = draft.done as (keyof LaunchOutputs)[];
  const made = await madeHosts(tx, draft);
  if (draft.plan.hosts.every(({ key }) => made.has(key))) return done;
  return done.filter((step) => step !== 'addHosts' && step !== 'installHosts');
}

/** Steps that would take back what was never made. Hosts may have been installed though their step did not end. */
function nothingToDo({ done }: Pick<Row<'ZoneDraft'>, 'done'>): (keyof DiscardOutputs)[] {
  return Object.entries(takesBack).flatMap(([name, step]) =>
    done.includes(step) || step === 'installHosts' ? [] : [name as keyof DiscardOutputs],
  );
}

/** @throws PlatformError RESOURCE_IN_USE when somebody has put something into the zone meanwhile */
async function assertUnused(tx: Transaction, draft: Row<'ZoneDraft'>, zoneId: Id<'Zone'>): Promise<void> {
  const find = (table: 'VirtualMachine' | 'Volume') =>
    tx.selectFrom(table).select('name').where('zoneId', '=', zoneId).executeTakeFirst();
  const machine = (await find('VirtualMachine')) ?? (await find('Volume'));
  const pod =
    draft.ids === null
      ? undefined
      : await tx
          .selectFrom('Pod')
          .select('name')
          .where('zoneId', '=', zoneId)
          .where('id', '!=', draft.ids.podId)
          .executeTakeFirst();
  const other = machine ?? pod;
  if (other === undefined) return;
  throw new PlatformError('RESOURCE_IN_USE', `${other.name} is in the zone of this draft`, {
    details: { id: draft.id, zoneId },
    remedy: 'remove what was put there beside the draft first',
  });
}
