import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import { getNamedAccount, type AccountReference } from '../../identity/access/named-account.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { assertNobodyElseIn, type Dedication, type PlaceKind } from './others-there.ts';

export interface DedicateInput<Kind extends PlaceKind> extends ExpectsVersion {
  id: Id<Kind>;
  domainId: Id<'Domain'> | null;
  account: AccountReference | null;
  idempotencyKey?: string | null | undefined;
}

type Place = Dedication & { id: string; name: string; version: number };

const permissions = {
  Zone: 'zone.dedicate',
  Pod: 'pod.dedicate',
  Cluster: 'cluster.dedicate',
  Host: 'host.dedicate',
} as const satisfies Record<PlaceKind, Permission>;

/** Reserves zones, pods, clusters and hosts. */
export class DedicationService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Reserves a place for a domain or an account; with neither it is open to everybody.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT, RESOURCE_IN_USE while others have something
   * in it
   */
  dedicate<Kind extends PlaceKind>(
    actor: Actor,
    kind: Kind,
    input: DedicateInput<Kind>,
  ): Promise<{ id: string }> {
    const action = permissions[kind];
    if (input.domainId !== null && input.account !== null)
      throw invalid('input.domainId', input.domainId, 'must be left out when an account is given');
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const { id } = (await getForChange(tx, actor, kind, input.id as never, action)) as { id: string };
      // Waits for deployments into a zone, which hold its row; later ones find it reserved.
      const { rows } = await sql<Place>`
        select "id", "name", "version", "dedicatedDomainId", "dedicatedAccountId" from ${sql.table(kind)}
        where "id" = ${id} for update`.execute(tx);
      const [before] = rows;
      if (before === undefined) throw notFound(kind.toLowerCase(), id);
      assertVersion(`${kind.toLowerCase()} ${before.name}`, before, input);
      if (input.domainId !== null) await getGuarded(tx, actor, 'Domain', input.domainId, action);
      const account =
        input.account === null
          ? null
          : await getNamedAccount(tx, actor, 'input.account', input.account, action);
      const after: Dedication = {
        dedicatedDomainId: input.domainId,
        dedicatedAccountId: account?.id ?? null,
      };
      // Waits for whoever is just taking one of its hosts: their machines are there when others are looked for.
      await sql`update ${sql.table(kind)} set "dedicatedDomainId" = ${after.dedicatedDomainId},
        "dedicatedAccountId" = ${after.dedicatedAccountId} where "id" = ${id}`.execute(tx);
      await assertNobodyElseIn(tx, kind, before, after);
      mutation.concerns(kind, id, null, changedFields(before, after));
      return { id };
    });
  }
}
