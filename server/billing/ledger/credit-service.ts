import type { Id } from '@nephos/model/kernel/ids.ts';
import { isCurrency } from '@nephos/usage/rate/money.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { isPayable } from './amount.ts';
import { postEntry } from './post-entry.ts';

export interface GrantCreditInput {
  accountId: Id<'Account'>;
  /** Decimal text; negative takes back. */
  amount: string;
  currency: string;
  note?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** Credits, as administrators grant them. */
export class CreditService {
  readonly #platform: Platform;
  readonly #onGranted: () => void;

  /** @param onGranted is called once a credit is committed: it may end what was done about arrears */
  constructor(platform: Platform, onGranted: () => void) {
    this.#platform = platform;
    this.#onGranted = onGranted;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN */
  async grant(actor: Actor, input: GrantCreditInput): Promise<{ entryId: string }> {
    const action = 'credit.grant';
    const { accountId, amount, currency } = input;
    const note = input.note ?? '';
    const check = new Check();
    check.line('input.note', note);
    if (isCurrency(currency))
      check.that(
        isPayable(amount, currency),
        'input.amount',
        amount,
        `must not be zero, have at most 15 digits before the point, and no more after it than ${currency} is paid in`,
      );
    else check.that(false, 'input.currency', currency, 'must be a currency’s code in ISO 4217, like CNY');
    check.done();
    const answer = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const account = await getForChange(tx, actor, 'Account', accountId, action);
      const { entryId } = await postEntry(tx, {
        ...{ accountId, amount, currency, kind: 'CREDIT', referenceId: null },
        ...{ note, actor, at },
      });
      mutation.concerns('Account', account.id, account.id, { amount, currency, note });
      return { entryId };
    });
    this.#onGranted();
    return answer;
  }
}
