import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import type { JobRunner } from '../../platform/jobs/job-runner.ts';
import type { ImageService } from '../../storage/image/image-service.ts';
import { releaseLimits } from '../limit/limits.ts';
import { rootAdminRoleId } from '../role/built-in-roles.ts';
import type { AccountMachines, AccountsNow } from './account-machines.ts';
import {
  hasFailed,
  isUnderWay,
  lastJobsSince,
  waitAMoment,
  type WaitingRun,
} from '../../platform/jobs/wait-for-jobs.ts';

type Owned = Pick<Row<'Image'>, 'id' | 'kind' | 'name' | 'removedAt'>;

/** Removes what accounts own, and then them: accounts of people, and of projects. Every part may be repeated. */
export class AccountRemoval {
  readonly #db: Database;
  readonly #runner: JobRunner;
  readonly #machines: AccountMachines;
  readonly #images: ImageService;

  constructor(options: { db: Database; runner: JobRunner; machines: AccountMachines; images: ImageService }) {
    this.#db = options.db;
    this.#runner = options.runner;
    this.#machines = options.machines;
    this.#images = options.images;
  }

  /** Destroys and expunges every machine, disks and all. @throws PlatformError that names those that will not go */
  removeMachines(run: WaitingRun, accounts: AccountsNow): Promise<void> {
    return this.#machines.remove(run, accounts);
  }

  /**
   * Deletes every template and ISO. What disks of others stand on stays until the last of them is gone; it is
   * shown to nobody.
   * @throws PlatformError for a disc that is in the drive of another's machine, or a file that cannot be deleted
   */
  removeImages(run: WaitingRun, accounts: AccountsNow): Promise<void> {
    return this.#runner.whileWaiting(() => this.#removeImages(run, accounts));
  }

  /** Deletes the rows of accounts that own nothing any more: projects, users with their keys and sessions, limits. */
  async forget(tx: Transaction, accountIds: readonly Id<'Account'>[]): Promise<void> {
    if (accountIds.length === 0) return;
    await handOverImages(tx, accountIds);
    const projects = await tx
      .deleteFrom('Project')
      .where('accountId', 'in', accountIds)
      .returning('creatorAccountId')
      .execute();
    for (const { creatorAccountId } of projects) await releaseLimits(tx, creatorAccountId, { PROJECT: 1n });
    await tx.deleteFrom('ResourceLimit').where('ownerId', 'in', accountIds).execute();
    await tx.deleteFrom('Setting').where('scopeId', 'in', accountIds).execute();
    await tx.deleteFrom('User').where('accountId', 'in', accountIds).execute();
    await tx.deleteFrom('Account').where('id', 'in', accountIds).execute();
  }

  async #removeImages(run: WaitingRun, accounts: AccountsNow): Promise<void> {
    for (;;) {
      const images = await this.#imagesOf(await accounts());
      const jobs = await lastJobsSince(
        this.#db,
        run.jobId,
        images.map(({ id }) => id),
      );
      for (const { id, kind, name, removedAt } of images) {
        if (removedAt === null) await this.#images.delete(null, kind, id);
        else if (hasFailed(jobs.get(id))) throw stillThere(name, jobs.get(id)?.error?.message);
      }
      const isDone = images.every(({ id, removedAt }) => removedAt !== null && !isUnderWay(jobs.get(id)));
      if (isDone) return;
      run.progress(0, `${images.length} templates and ISOs are left`);
      await waitAMoment(this.#runner, run);
    }
  }

  async #imagesOf(accountIds: readonly Id<'Account'>[]): Promise<Owned[]> {
    if (accountIds.length === 0) return [];
    return this.#db
      .selectFrom('Image')
      .select(['id', 'kind', 'name', 'removedAt'])
      .where('accountId', 'in', accountIds)
      .execute();
  }
}

/**
 * What is left of deleted images, because disks of others stand on it, is nobody's to see; its row needs an owner until
 * the last of those disks is gone: the oldest administrator's account that stays.
 */
async function handOverImages(tx: Transaction, accountIds: readonly Id<'Account'>[]): Promise<void> {
  await sql`
    update "Image" set "accountId" = (
      select a."id" from "Account" a
      where a."roleId" = ${rootAdminRoleId} and a."id" <> all(${accountIds}::text[])
      order by a."id" limit 1)
    where "accountId" = any(${accountIds}::text[]) and "removedAt" is not null`.execute(tx);
}

function stillThere(name: string, why: string | undefined): PlatformError {
  return new PlatformError(
    'INVALID_STATE',
    `${name} could not be deleted: ${why ?? 'its job was cancelled'}`,
    {
      details: { name },
      remedy: 'see to the image store, then ask for it again',
    },
  );
}
