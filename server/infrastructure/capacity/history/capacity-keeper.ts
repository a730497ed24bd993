import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Platform } from '../../../platform/platform.ts';
import { Reconciler } from '../../../platform/reconciler.ts';
import {
  overprovisioningOfPool,
  readCapacities,
  type CapacityLevel,
  type CapacityRow,
} from '../capacity-store.ts';
import { amountsOf } from '../resources.ts';
import { trendDays, trendOf } from '../trend/trend.ts';
import { insertSamples, lastSampleAt, readSamples, thinSamples } from './sample-store.ts';
import { removeTrendsBefore, writeTrends } from './trend-store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of so many parts of the cloud samples are read at once. */
const batch = 25;
const mostScopes = 10_000;

/** Parts of the cloud of which a history is kept; hosts have their own statistics. */
const levels: readonly (CapacityLevel | null)[] = [null, 'Zone', 'Pod', 'Cluster'];

/** Writes down once an hour how full the cloud and its parts are, and where that leads. */
export function createCapacityKeeper(platform: Platform): Reconciler {
  return new Reconciler({
    name: 'capacity-history',
    everySeconds: () => 60,
    look: () => keepCapacities(platform),
    log: platform.log,
  });
}

/** Writes down this hour, unless it is, or another server is about it. */
export async function keepCapacities({ db, clock, settings }: Platform): Promise<void> {
  const now = clock.now();
  const hour = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  if (await isKept(db, hour)) return;
  const storageOverprovisioning = overprovisioningOfPool(settings);
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ isMine: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('nephos capacity history')) as "isMine"`.execute(tx);
    if (rows[0]?.isMine !== true || (await isKept(tx, hour))) return;
    const samples: Row<'CapacitySample'>[] = [];
    for (const level of levels) {
      const asked = { level, within: null, storageOverprovisioning, most: mostScopes };
      samples.push(...(await readCapacities(tx, asked)).flatMap((row) => samplesOf(row, hour)));
    }
    await insertSamples(tx, samples);
    await keepTrends(tx, samples, hour);
    await thinSamples(tx, now);
    await removeTrendsBefore(tx, new Date(now.getTime() - dayMs));
  });
}

async function isKept(db: Database | Transaction, hour: Date): Promise<boolean> {
  const last = await lastSampleAt(db);
  return last !== undefined && last >= hour;
}

function samplesOf(row: CapacityRow, at: Date): Row<'CapacitySample'>[] {
  return amountsOf(row).map((each) => ({ scopeId: row.id ?? '', at, ...each }));
}

async function keepTrends(
  tx: Transaction,
  samples: readonly Row<'CapacitySample'>[],
  at: Date,
): Promise<void> {
  const scopeIds = [...new Set(samples.map(({ scopeId }) => scopeId))];
  const since = new Date(at.getTime() - trendDays * dayMs);
  const keyOf = ({ scopeId, resource }: Row<'CapacitySample'>) => `${scopeId} ${resource}`;
  for (let first = 0; first < scopeIds.length; first += batch) {
    const some = scopeIds.slice(first, first + batch);
    const history = Map.groupBy(await readSamples(tx, { scopeIds: some, since }), keyOf);
    const trends = [...history.values()].flatMap((points): Row<'CapacityTrend'>[] => {
      const last = points.at(-1);
      if (last === undefined || last.at < at) return [];
      const {
        kind,
        perDay,
        since: from,
      } = trendOf(
        points.map((point) => ({ at: point.at, amount: Number(point.amount) })),
        Number(last.total),
        at,
      );
      const { scopeId, resource } = last;
      return [{ scopeId, resource, kind, perDay, since: from ?? at, at }];
    });
    await writeTrends(tx, trends);
  }
}
