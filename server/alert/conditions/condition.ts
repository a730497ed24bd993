import type { AlertKind } from '@nephos/model/generated/enums.ts';
import { sql, type RawBuilder } from 'kysely';

/** What conditions are judged by. */
export interface AlertRules {
  at: Date;
  /** Days before the end of a certificate in which it should long have been renewed. */
  certificateDays: number;
  /** Seconds that destroyed machines stay. */
  expungeDelaySeconds: number;
  /** Percent above which operators are told. */
  tellAbove: {
    clusterCpu: RuleOfPlace;
    clusterMemory: RuleOfPlace;
    poolUsed: RuleOfPlace;
    poolPromised: RuleOfPlace;
    imageStoreUsed: number;
    addressesTaken: number;
  };
  /** Percent above which nothing new comes there. */
  closedAbove: { clusterCpu: RuleOfPlace; clusterMemory: RuleOfPlace; poolUsed: RuleOfPlace };
  /** How many times its size a pool may be promised, where nothing else is said of it. */
  storageOverprovisioning: RuleOfPlace;
}

/** A number that a cluster, or pool, or its zone may have of its own: in SQL, by the columns with their ids. */
export type RuleOfPlace = (id: RawBuilder<unknown>, zoneId: RawBuilder<unknown>) => RawBuilder<number>;

/**
 * Something that is to be looked at while it holds. The query gives a row for each thing that it holds for: `targetId`,
 * `targetName`, `zoneId`, `isOfTenant`, `severity`, and `facts` for the sentence. It must cost little in a cloud of
 * 25,000 hosts in which nothing is wrong: all of them are asked every half minute.
 */
export interface AlertCondition {
  kind: AlertKind;
  /** Kind of thing that it tells of, as ids name it. */
  targetKind: string;
  query(rules: AlertRules): RawBuilder<unknown>;
}

/** A moment as facts hold it. */
export const moment = (column: RawBuilder<unknown>) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')`;

/** Percentage points below its threshold at which an alert clears: what swings around it is one alert, not many. */
const slack = 2;

/** Whether a share is above a threshold, or was and has hardly come down. Both are in percent. */
export const isAbove = (
  share: { percent: RawBuilder<number>; kind: AlertKind; targetId: RawBuilder<unknown> },
  threshold: number | RawBuilder<number>,
) => sql<boolean>`(${share.percent} > ${threshold}::float8 - ${slack} and (${share.percent} > ${threshold}::float8 or exists (
    select 1 from "Alert" open where open."kind" = ${share.kind}::"AlertKind" and open."targetId" = ${share.targetId}
      and open."clearedAt" is null)))`;

/** CRITICAL where nothing new comes any more. */
export const severityAbove = (percent: RawBuilder<number>, threshold: RawBuilder<number>) =>
  sql`case when ${percent} > ${threshold}::float8 then 'CRITICAL' else 'WARNING' end`;
