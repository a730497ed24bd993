import type { Database } from '@nephos/model/database.ts';
import type { UsageEventKind } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB } from '@nephos/model/kernel/units.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { sql } from 'kysely';

/** A machine or a disk that is used from a moment on. */
export interface BilledUse {
  accountId: Id<'Account'>;
  domainId: Id<'Domain'>;
  resourceId: string;
}

/** Usage of 2026 as the usage daemon sums it up and rates it, with prices, a discount and a tax in yuan. */
export class BilledUsage {
  readonly zoneId = newId('Zone');
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Machines at 0.07 an hour; disks in tiers; 10 percent off for machines, and 6 percent of tax on all. */
  async setPrices(): Promise<void> {
    await this.#price('machines', 1, 'HOUR', [{ price: '0.07' }]);
    await this.#price('disks', 6, 'GIB_MONTH', [{ upTo: '20', price: '0.333' }, { price: '0.25' }]);
    await this.#db
      .insertInto('PriceAdjustment')
      .values([
        ...[
          { kind: 'DISCOUNT' as const, label: 'loyal', percent: '10', usageTypes: [1] },
          { kind: 'TAX' as const, label: 'VAT', percent: '6', usageTypes: [] },
        ].map((each) => ({ ...each, id: newId('PriceAdjustment'), name: each.label, validFrom: '2026-01' })),
      ])
      .execute();
    for (const table of ['UsageEvent', 'UsageRecord', 'RatedLine']) {
      await sql`select nephos_ensure_partitions(${table}, 'month', '2026-01-01T00:00:00Z'::timestamptz,
        '2026-05-01T00:00:00Z'::timestamptz)`.execute(this.#db);
    }
  }

  /** A machine that starts, or a disk of so many GiB that is made. */
  async begin(
    owner: Omit<BilledUse, 'resourceId'>,
    at: string,
    use: { gib?: number } = {},
  ): Promise<BilledUse> {
    const { gib } = use;
    const resourceId = gib === undefined ? newId('VirtualMachine') : newId('Volume');
    const begun = { accountId: owner.accountId, domainId: owner.domainId, resourceId };
    await this.#append(
      begun,
      gib === undefined ? 'VM_START' : 'VOLUME_CREATE',
      at,
      gib === undefined ? {} : { sizeBytes: (BigInt(gib) * GiB).toString() },
    );
    return begun;
  }

  /** It ends; should its time be closed already, this comes late. */
  async end(use: BilledUse, at: string): Promise<void> {
    await this.#append(use, use.resourceId.startsWith('vm_') ? 'VM_STOP' : 'VOLUME_DELETE', at, {});
  }

  /** What the daemon does at the end of a period. */
  async close(from: string, until: string): Promise<void> {
    const bounds = { startsAt: new Date(from), endsAt: new Date(until), timeZone: 'UTC' };
    await this.#db.transaction().execute((tx) => closePeriod(tx, bounds));
  }

  async #price(name: string, usageType: number, unit: 'GIB_MONTH' | 'HOUR', tiers: object[]): Promise<void> {
    const id = newId('Tariff');
    await this.#db.insertInto('Tariff').values({ id, name, usageType, currency: 'CNY' }).execute();
    const validFrom = new Date('2026-01-01T00:00:00Z');
    const version = { id: newId('TariffVersion'), tariffId: id, validFrom, unit };
    await this.#db
      .insertInto('TariffVersion')
      .values({ ...version, tiers: JSON.stringify(tiers) })
      .execute();
  }

  async #append(use: BilledUse, kind: UsageEventKind, at: string, attributes: object): Promise<void> {
    await sql`
      insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
      values (nextval('nephos_usage_seq'), ${newId('UsageEvent')}, ${kind}, ${new Date(at)}, ${use.accountId}, ${use.domainId},
        ${this.zoneId}, ${use.resourceId}, 'web', ${JSON.stringify(attributes)}::jsonb)`.execute(this.#db);
  }
}
