import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';

type Facts = Pick<
  Row<'QuotaPolicy'>,
  'isEnforced' | 'alertBelow' | 'graceAfterHours' | 'stopAfterHours' | 'lockAfterHours'
>;

export interface SetQuotaPolicyInput extends Facts, ExpectsVersion {
  accountId: Id<'Account'> | null;
  domainId: Id<'Domain'> | null;
}

const action = 'quotaPolicy.update';
const mostAlerts = 10;
const mostHours = 8760;
const amount = /^\d{1,15}(\.\d{1,6})?$/;

/** What is done about accounts that have nothing left. */
export class QuotaPolicyService {
  readonly #platform: Platform;
  readonly #onChanged: () => void;

  constructor(platform: Platform, onChanged: () => void) {
    this.#platform = platform;
    this.#onChanged = onChanged;
  }

  /**
   * Makes, or changes, the policy of an account, or of a domain.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  async set(actor: Actor, input: SetQuotaPolicyInput): Promise<{ policyId: string }> {
    const { accountId, domainId } = input;
    const facts = checked(input);
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      if (accountId !== null) await lockForChange(tx, actor, 'Account', accountId, action);
      else if (domainId !== null) await lockForChange(tx, actor, 'Domain', domainId, action);
      const column = accountId === null ? 'domainId' : 'accountId';
      const seen = await tx
        .selectFrom('QuotaPolicy')
        .selectAll()
        .where(column, '=', (accountId ?? domainId) as never)
        .executeTakeFirst();
      if (seen !== undefined) assertVersion('the quota policy', seen, input);
      const policyId = seen?.id ?? newId('QuotaPolicy');
      if (seen === undefined) {
        await tx
          .insertInto('QuotaPolicy')
          .values({ ...facts, id: policyId, accountId, domainId, createdAt: at })
          .execute();
      } else await tx.updateTable('QuotaPolicy').set(facts).where('id', '=', policyId).execute();
      const change = seen === undefined ? { ...facts } : changedFields(factsOf(seen), facts);
      mutation.concerns('QuotaPolicy', policyId, accountId, { accountId, domainId, ...change });
      return { policyId };
    });
    this.#onChanged();
    return answer;
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN */
  async remove(actor: Actor, id: Id<'QuotaPolicy'>): Promise<void> {
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const { accountId, domainId } = await getForChange(tx, actor, 'QuotaPolicy', id, action);
      await tx.deleteFrom('QuotaPolicy').where('id', '=', id).execute();
      mutation.concerns('QuotaPolicy', id, accountId, { accountId, domainId, isRemoved: true });
      return {};
    });
    this.#onChanged();
  }
}

function factsOf(row: Facts): Facts {
  const { isEnforced, alertBelow, graceAfterHours, stopAfterHours, lockAfterHours } = row;
  return { isEnforced, alertBelow, graceAfterHours, stopAfterHours, lockAfterHours };
}

function checked(input: SetQuotaPolicyInput): Facts {
  const facts = factsOf(input);
  const check = new Check();
  check.that(
    (input.accountId === null) !== (input.domainId === null),
    'input.accountId',
    input.accountId,
    'either accountId or domainId must be given, and not both',
  );
  check.range('input.alertBelow', facts.alertBelow.length, 0, mostAlerts);
  facts.alertBelow.forEach((each, index) =>
    check.that(
      amount.test(each),
      `input.alertBelow.${index}`,
      each,
      'must be zero or more, with at most 6 digits after the point',
    ),
  );
  let before = 0;
  for (const name of ['graceAfterHours', 'stopAfterHours', 'lockAfterHours'] as const) {
    const hours = facts[name];
    if (hours === null) continue;
    check.range(`input.${name}`, hours, before, mostHours);
    before = Math.max(before, hours);
  }
  check.done();
  return facts;
}
