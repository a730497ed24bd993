import type { Database, Row } from '@nephos/model/database.ts';
import type { ImageKind } from '@nephos/model/generated/enums.ts';
import type { Id, ImageId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { demand, lockForChange } from '../../identity/access/guarded-loader.ts';
import { getNamedAccount, type AccountReference } from '../../identity/access/named-account.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import { changeableScopeOf, scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';

export interface ShareImageInput extends ExpectsVersion {
  id: ImageId;
  isPublic?: boolean | null | undefined;
  isFeatured?: boolean | null | undefined;
  grantTo?: readonly AccountReference[] | null | undefined;
  revokeFrom?: readonly Id<'Account'>[] | null | undefined;
}

/** An account that may use an image; its owner knows it by name. */
export interface GrantFacts {
  imageId: ImageId;
  accountId: Id<'Account'>;
  accountName: string;
  domainPath: string;
}

/** As many accounts can be named at once. */
const mostAccounts = 100;

const permissionOf = (kind: ImageKind, verb: 'share' | 'publish'): Permission =>
  kind === 'ISO' ? `iso.${verb}` : `template.${verb}`;

/** Who may use an image beside its owner: everyone, or certain accounts. */
export class SharingService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * What runs from an image that is no longer shared runs on.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT
   */
  share(actor: Actor, kind: ImageKind, input: ShareImageInput): Promise<{ imageId: ImageId }> {
    const { grantTo, revokeFrom } = input;
    for (const [path, list] of [
      ['input.grantTo', grantTo],
      ['input.revokeFrom', revokeFrom],
    ] as const)
      if ((list?.length ?? 0) > mostAccounts)
        throw invalid(path, list?.length, `must be at most ${mostAccounts} accounts at once`);
    const action = permissionOf(kind, 'share');
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const image = await lockForChange(tx, actor, 'Image', input.id, action);
      const { id } = image;
      assertVersion(image.name, image, input);
      const after = visibilityAfter(image, input);
      if (after.isPublic !== image.isPublic || after.isFeatured !== image.isFeatured) {
        demand(actor, permissionOf(kind, 'publish'));
        await tx.updateTable('Image').set(after).where('id', '=', id).execute();
      }
      const granted: string[] = [];
      for (const [index, reference] of (grantTo ?? []).entries()) {
        const path = `input.grantTo.${index}`;
        const account = await getNamedAccount(tx, actor, path, reference, action);
        if (account.id === image.accountId)
          throw invalid(`${path}.accountId`, account.id, 'must not be its owner');
        await tx
          .insertInto('ImageGrant')
          .values({ imageId: id, accountId: account.id })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        granted.push(account.id);
      }
      const revoked = revokeFrom?.length
        ? await tx
            .deleteFrom('ImageGrant')
            .where('imageId', '=', id)
            .where('accountId', 'in', revokeFrom)
            .returning('accountId')
            .execute()
        : [];
      mutation.concerns(kind === 'ISO' ? 'Iso' : 'Template', id, image.accountId, {
        isPublic: { before: image.isPublic, after: after.isPublic },
        isFeatured: { before: image.isFeatured, after: after.isFeatured },
        granted,
        revoked: revoked.map(({ accountId }) => accountId),
      });
      return { imageId: id };
    });
  }
}

/** What is private again is not shown first any more either. @throws PlatformError VALIDATION_FAILED */
function visibilityAfter(image: Row<'Image'>, input: ShareImageInput) {
  const isPublic = input.isPublic ?? image.isPublic;
  const isFeatured = input.isFeatured ?? (isPublic && image.isFeatured);
  if (isFeatured && !isPublic) throw invalid('input.isFeatured', isFeatured, 'must be public to be featured');
  return { isPublic, isFeatured };
}

/** Accounts that each of some images is shared with; only of images that an actor may change. */
export function grantsOf(actor: Actor) {
  return async (db: Database, imageIds: readonly string[]): Promise<Map<string, GrantFacts[]>> => {
    const { rows } = await sql<{ imageId: string; grants: GrantFacts[] }>`
      select "id" as "imageId", coalesce((
        select json_agg(json_build_object('imageId', g."imageId", 'accountId', a."id", 'accountName', a."name", 'domainPath', d."path") order by a."id")
        from "ImageGrant" g join "Account" a on a."id" = g."accountId" join "Domain" d on d."id" = a."domainId"
        where g."imageId" = "Image"."id"), '[]') as "grants"
      from "Image" where "id" = any(${imageIds}::text[])
        and ${scopeOf(actor, 'Image')} and ${changeableScopeOf(actor, 'Image')}`.execute(db);
    return new Map(rows.map(({ imageId, grants }) => [imageId, grants]));
  };
}
