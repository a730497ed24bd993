import type { NewRow, Transaction } from '@nephos/model/database.ts';
import { findIdKind, parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { ConditionError, parseCondition } from '@nephos/usage/rate/condition.ts';
import { isCurrency } from '@nephos/usage/rate/money.ts';
import { unitsOfType } from '@nephos/usage/rate/units.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

/** What a tariff is for. */
export interface TariffPlan {
  name: string;
  description?: string | null | undefined;
  usageType: number;
  charge?: string | null | undefined;
  currency: string;
  accountId?: Id<'Account'> | null | undefined;
  domainId?: Id<'Domain'> | null | undefined;
  zoneId?: Id<'Zone'> | null | undefined;
  /** A service offering or a disk offering. */
  offeringId?: string | null | undefined;
  tagKey?: string | null | undefined;
  tagValue?: string | null | undefined;
  condition?: string | null | undefined;
}

const defaultCharge = 'use';
const longestTag = 255;

/** Notes what is wrong with a tariff as input. */
export function checkTariff(check: Check, plan: TariffPlan): void {
  const { name, description, usageType, charge, currency, tagKey, tagValue, condition } = plan;
  check.name('input.name', name);
  if (description != null) check.line('input.description', description);
  check.that(
    unitsOfType(usageType).length > 0,
    'input.usageType',
    usageType,
    'must be the number of a usage type',
  );
  if (charge != null) check.name('input.charge', charge);
  check.that(
    isCurrency(currency),
    'input.currency',
    currency,
    'must be a currency of ISO 4217, like CNY or EUR',
  );
  if (tagKey != null) check.range('input.tagKey', tagKey.length, 1, longestTag);
  check.that(tagValue == null || tagKey != null, 'input.tagValue', tagValue, 'must be given with tagKey');
  if (condition != null) checkCondition(check, condition);
}

function checkCondition(check: Check, condition: string): void {
  try {
    parseCondition(condition);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    check.that(false, 'input.condition', condition, `must be a condition: ${error.message}`);
  }
}

/**
 * A tariff as its row, all that its scope names looked up.
 * @throws PlatformError NOT_FOUND, VALIDATION_FAILED for an offering that is none
 */
export async function loadTariffScope(
  tx: Transaction,
  actor: Actor,
  plan: TariffPlan,
  permission: Permission,
): Promise<Omit<NewRow<'Tariff'>, 'id'> & { accountId: Id<'Account'> | null }> {
  const { accountId, domainId, zoneId, offeringId } = plan;
  if (accountId != null) await getGuarded(tx, actor, 'Account', accountId, permission);
  if (domainId != null) await getGuarded(tx, actor, 'Domain', domainId, permission);
  if (zoneId != null) await getGuarded(tx, actor, 'Zone', zoneId, permission);
  if (offeringId != null) await loadOffering(tx, actor, offeringId, permission);
  return {
    name: plan.name,
    description: plan.description ?? '',
    usageType: plan.usageType,
    charge: plan.charge ?? defaultCharge,
    currency: plan.currency,
    accountId: accountId ?? null,
    domainId: domainId ?? null,
    zoneId: zoneId ?? null,
    offeringId: offeringId ?? null,
    tagKey: plan.tagKey ?? null,
    tagValue: plan.tagValue ?? null,
    condition: plan.condition ?? null,
  };
}

async function loadOffering(
  tx: Transaction,
  actor: Actor,
  id: string,
  permission: Permission,
): Promise<void> {
  switch (findIdKind(id)) {
    case 'ServiceOffering':
      await getGuarded(tx, actor, 'ServiceOffering', parseId('ServiceOffering', id), permission);
      return;
    case 'DiskOffering':
      await getGuarded(tx, actor, 'DiskOffering', parseId('DiskOffering', id), permission);
      return;
    default:
      throw invalid('input.offeringId', id, 'must be the id of a service offering or a disk offering');
  }
}
