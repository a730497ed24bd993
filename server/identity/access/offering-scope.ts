import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import { getGuarded } from './guarded-loader.ts';
import type { Permission } from './permissions.ts';

/** Where something is offered; an empty list is no restriction. */
export interface OfferingScope {
  /** These domains and all below them. */
  domainIds?: readonly Id<'Domain'>[] | null | undefined;
  zoneIds?: readonly Id<'Zone'>[] | null | undefined;
}

const mostEntries = 100;

/**
 * A scope from the input, each thing once; parts that were left out stay out.
 * @throws PlatformError NOT_FOUND for a domain or zone that the actor does not see, VALIDATION_FAILED for too many
 */
export async function loadScope(
  tx: Transaction,
  actor: Actor,
  { domainIds, zoneIds }: OfferingScope,
  permission: Permission,
): Promise<{ domainIds?: Id<'Domain'>[]; zoneIds?: Id<'Zone'>[] }> {
  assertFew('input.domainIds', domainIds);
  assertFew('input.zoneIds', zoneIds);
  const domains = new Set(domainIds);
  const zones = new Set(zoneIds);
  for (const id of domains) await getGuarded(tx, actor, 'Domain', id, permission);
  for (const id of zones) await getGuarded(tx, actor, 'Zone', id, permission);
  return {
    ...(domainIds != null && { domainIds: [...domains] }),
    ...(zoneIds != null && { zoneIds: [...zones] }),
  };
}

/** What of an offering can be changed; what is left out stays as it is. */
export interface OfferingChange extends OfferingScope {
  name?: string | null | undefined;
  displayText?: string | null | undefined;
}

interface ChangeableOffering {
  name: string;
  displayText: string;
  domainIds: Id<'Domain'>[];
  zoneIds: Id<'Zone'>[];
}

/**
 * What an offering is to be after a change.
 * @throws PlatformError like {@link loadScope}
 */
export async function changedOffering(
  tx: Transaction,
  actor: Actor,
  { name, displayText, domainIds, zoneIds }: ChangeableOffering,
  change: OfferingChange,
  permission: Permission,
): Promise<ChangeableOffering> {
  return {
    name: change.name ?? name,
    displayText: change.displayText ?? displayText,
    domainIds,
    zoneIds,
    ...(await loadScope(tx, actor, change, permission)),
  };
}

function assertFew(path: string, ids: readonly string[] | null | undefined): void {
  if ((ids?.length ?? 0) > mostEntries) throw invalid(path, ids?.length, `must be at most ${mostEntries}`);
}
