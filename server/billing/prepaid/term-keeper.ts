import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { endTerm } from './end-term.ts';
import { readMachineMonths } from './machine-prices.ts';
import { termEnd } from './term-dates.ts';
import { unpaid, writeTerm } from './write-term.ts';

type Term = Row<'PrepaidTerm'>;

/** How long before its end a term is followed by the next one. */
const renewedAheadMs = 86_400_000;
const batch = 100;

/**
 * Renews terms that are about to end, and ends those whose machine is gone. Each in a transaction of its own that locks the
 * term, so that of many servers one does it.
 */
export function createTermKeeper(platform: Platform): Reconciler {
  const { db, clock, settings, log } = platform;
  return new Reconciler({
    name: 'prepaid-terms',
    everySeconds: () => 30,
    look: async () => {
      for (const { id } of await findOrphans(platform)) await endOrphan(platform, id);
      const due = await db
        .selectFrom('PrepaidTerm')
        .select('id')
        .where('endsAt', '>', clock.now())
        .where('endsAt', '<=', new Date(clock.now().getTime() + renewedAheadMs))
        .where('renewsAutomatically', '=', true)
        .orderBy('endsAt')
        .limit(batch)
        .execute();
      for (const { id } of due) {
        try {
          await renew(platform, id);
        } catch (error) {
          if (!(error instanceof PlatformError)) throw error;
          await db
            .updateTable('PrepaidTerm')
            .set({ renewalProblem: error.message })
            .where('id', '=', id)
            .where('renewalProblem', 'is distinct from', error.message)
            .execute();
        }
      }
    },
    log,
  });

  /** A term that is followed does not renew any more; the one that follows does. */
  async function renew({ mutations }: Platform, id: Id<'PrepaidTerm'>): Promise<void> {
    const action = 'prepaidTerm.create';
    await mutations.run({ action, actor: null, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const term = await tx
        .selectFrom('PrepaidTerm')
        .selectAll()
        .where('id', '=', id)
        .where('renewsAutomatically', '=', true)
        .forUpdate()
        .executeTakeFirst();
      const machine =
        term &&
        (await tx
          .selectFrom('VirtualMachine')
          .selectAll()
          .where('id', '=', term.virtualMachineId)
          .forUpdate()
          .executeTakeFirst());
      if (term === undefined || machine === undefined) return {};
      const { months, currency, endsAt: startsAt } = term;
      const timeZone = settings.get('usage.aggregation.timezone');
      const prices = await readMachineMonths(tx, machine, { at, from: startsAt });
      const month = prices.find((each) => each.currency === currency);
      if (month === undefined) throw unpaid(machine, `nothing that it uses has a price in ${currency}`);
      const next = await writeTerm(
        tx,
        { actor: null, at, settings },
        {
          ...{ machine, month, months, startsAt, renewsAutomatically: true },
          endsAt: await termEnd(tx, { startsAt, months, timeZone }),
        },
      );
      await tx
        .updateTable('PrepaidTerm')
        .set({ renewsAutomatically: false, renewalProblem: null })
        .where('id', '=', term.id)
        .execute();
      mutation.concerns('PrepaidTerm', next.id, term.accountId, {
        ...{ virtualMachineId: machine.id, months, price: next.price, currency, renews: term.id },
      });
      return {};
    });
  }

  async function endOrphan({ mutations }: Platform, id: Id<'PrepaidTerm'>): Promise<void> {
    await mutations.run({ action: 'prepaidTerm.end', actor: null, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const term: Term | undefined = await tx
        .selectFrom('PrepaidTerm')
        .selectAll()
        .where('id', '=', id)
        .where('endedAt', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (term === undefined) return {};
      const refund = await endTerm(tx, term, { actor: null, at, settings });
      mutation.concerns('PrepaidTerm', term.id, term.accountId, { refund, currency: term.currency });
      return {};
    });
  }
}

function findOrphans({ db, clock }: Platform): Promise<Pick<Term, 'id'>[]> {
  return db
    .selectFrom('PrepaidTerm')
    .select('id')
    .where('endsAt', '>', clock.now())
    .where('endedAt', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('VirtualMachine')
            .select('VirtualMachine.id')
            .whereRef('VirtualMachine.id', '=', 'PrepaidTerm.virtualMachineId'),
        ),
      ),
    )
    .limit(batch)
    .execute();
}
