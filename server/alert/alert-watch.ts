import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Platform } from '../platform/platform.ts';
import { Reconciler } from '../platform/reconciler.ts';
import type { capacitySettings } from '../platform/settings/capacity-settings.ts';
import { nearestValue } from '../platform/settings/nearest-value.ts';
import type { Settings } from '../platform/settings/settings.ts';
import { readFindings, type Finding } from './conditions/all-conditions.ts';
import type { AlertRules, RuleOfPlace } from './conditions/condition.ts';
import { sentenceOf } from './sentences.ts';

/** Rows of one statement. */
const batch = 1000;

type PlaceSetting = keyof typeof capacitySettings;

/** The rules in force. */
export function alertRules(settings: Settings, at: Date): AlertRules {
  const ofPlace =
    (key: PlaceSetting): RuleOfPlace =>
    (id, zoneId) =>
      nearestValue(settings.get(key), settings.ownValues(key), [id, zoneId]);
  return {
    at,
    certificateDays: settings.get('ca.framework.cert.expiry.alert.period'),
    expungeDelaySeconds: settings.get('expunge.delay'),
    tellAbove: {
      clusterCpu: ofPlace('cluster.cpu.allocated.capacity.notificationthreshold'),
      clusterMemory: ofPlace('cluster.memory.allocated.capacity.notificationthreshold'),
      poolUsed: ofPlace('cluster.storage.capacity.notificationthreshold'),
      poolPromised: ofPlace('cluster.storage.allocated.capacity.notificationthreshold'),
      imageStoreUsed: settings.get('zone.secstorage.capacity.notificationthreshold'),
      addressesTaken: settings.get('zone.directnetwork.publicip.capacity.notificationthreshold'),
    },
    closedAbove: {
      clusterCpu: ofPlace('cluster.cpu.allocated.capacity.disablethreshold'),
      clusterMemory: ofPlace('cluster.memory.allocated.capacity.disablethreshold'),
      poolUsed: ofPlace('pool.storage.allocated.capacity.disablethreshold'),
    },
    storageOverprovisioning: ofPlace('storage.overprovisioning.factor'),
  };
}

/** Opens an alert for each condition that holds and has none, and clears those whose condition holds no more. */
export function createAlertWatch(platform: Platform): Reconciler {
  const { db, clock, settings, metrics, log } = platform;
  const compare = () =>
    db.transaction().execute(async (tx) => {
      // One server is enough.
      const { rows } = await sql<{ isMine: boolean }>`
        select pg_try_advisory_xact_lock(hashtext('nephos alerts')) as "isMine"`.execute(tx);
      if (rows[0]?.isMine === true) await bringUpToDate(tx, alertRules(settings, clock.now()));
    });
  const showCounts = async () => {
    const counts = await db
      .selectFrom('Alert')
      .select(({ fn }) => ['kind', 'severity', fn.countAll<bigint>().as('count')])
      .where('clearedAt', 'is', null)
      .groupBy(['kind', 'severity'])
      .execute();
    metrics.alertsOpen.reset();
    for (const { kind, severity, count } of counts) metrics.alertsOpen.set({ kind, severity }, Number(count));
  };
  return new Reconciler({
    name: 'alerts',
    everySeconds: () => settings.get('alert.interval'),
    look: async () => {
      await compare();
      await showCounts();
    },
    log,
  });
}

type OpenAlert = Pick<Row<'Alert'>, 'id' | 'kind' | 'targetId' | 'severity' | 'message'>;
type Told = Finding & { message: string };

const keyOf = ({ kind, targetId }: Pick<Finding, 'kind' | 'targetId'>) => `${kind} ${targetId}`;

async function bringUpToDate(tx: Transaction, rules: AlertRules): Promise<void> {
  const findings = await readFindings(tx, rules);
  const open = await tx
    .selectFrom('Alert')
    .select(['id', 'kind', 'targetId', 'severity', 'message'])
    .where('clearedAt', 'is', null)
    .execute();
  const known = new Map(open.map((alert) => [keyOf(alert), alert]));
  const fresh: Told[] = [];
  const changed: (Told & { id: string })[] = [];
  for (const finding of findings) {
    const message = sentenceOf(finding);
    const alert = known.get(keyOf(finding));
    known.delete(keyOf(finding));
    if (alert === undefined) fresh.push({ ...finding, message });
    else if (alert.message !== message || alert.severity !== finding.severity)
      changed.push({ ...finding, message, id: alert.id });
  }
  for (const part of batches(fresh)) await openAlerts(tx, part, rules.at);
  for (const part of batches(changed)) await changeAlerts(tx, part);
  for (const part of batches([...known.values()])) await clearAlerts(tx, part, rules.at);
}

async function openAlerts(tx: Transaction, findings: readonly Told[], at: Date): Promise<void> {
  await tx
    .insertInto('Alert')
    .values(
      findings.map(({ facts, ...finding }) => ({
        ...finding,
        id: newId('Alert'),
        facts: JSON.stringify(facts),
        openedAt: at,
      })),
    )
    .execute();
}

/** What has grown worse has to be acknowledged anew. */
async function changeAlerts(tx: Transaction, changed: readonly (Told & { id: string })[]): Promise<void> {
  await sql`
    update "Alert" a set "severity" = c."severity"::"AlertSeverity", "message" = c."message", "facts" = c."facts",
      "acknowledgedAt" = case when c."isWorse" then null else a."acknowledgedAt" end,
      "acknowledgedByUserId" = case when c."isWorse" then null else a."acknowledgedByUserId" end,
      "acknowledgedByName" = case when c."isWorse" then null else a."acknowledgedByName" end
    from (
      select n.*, n."severity" = 'CRITICAL' and o."severity" = 'WARNING' as "isWorse"
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
        as n("id" text, "severity" text, "message" text, "facts" jsonb)
      join "Alert" o on o."id" = n."id"
    ) as c where a."id" = c."id"`.execute(tx);
}

async function clearAlerts(tx: Transaction, over: readonly OpenAlert[], at: Date): Promise<void> {
  await tx
    .updateTable('Alert')
    .set({ clearedAt: at })
    .where(
      'id',
      'in',
      over.map(({ id }) => id),
    )
    .execute();
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += batch) yield items.slice(start, start + batch);
}
