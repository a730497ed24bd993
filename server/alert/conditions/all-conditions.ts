import type { AlertKind, AlertSeverity } from '@nephos/model/generated/enums.ts';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { capacityConditions } from './capacity-conditions.ts';
import type { AlertCondition, AlertRules } from './condition.ts';
import { hostConditions } from './host-conditions.ts';
import { machineConditions } from './machine-conditions.ts';
import { usageConditions } from './usage-conditions.ts';

const conditions: readonly AlertCondition[] = [
  ...hostConditions,
  ...capacityConditions,
  ...machineConditions,
  ...usageConditions,
];

/** A condition that holds now, for one thing. */
export interface Finding {
  kind: AlertKind;
  severity: AlertSeverity;
  targetKind: string;
  targetId: string;
  targetName: string;
  zoneId: Id<'Zone'> | null;
  isOfTenant: boolean;
  /** What its sentence is made of. */
  facts: Record<string, string>;
}

/** All that holds now, in one statement. */
export async function readFindings(db: Database | Transaction, rules: AlertRules): Promise<Finding[]> {
  const parts = conditions.map(
    ({ kind, targetKind, query }) => sql`
      select ${sql.lit(kind)} as "kind", ${sql.lit(targetKind)} as "targetKind", found.*
      from (${query(rules)}) as found("targetId", "targetName", "zoneId", "isOfTenant", "severity", "facts")`,
  );
  const { rows } = await sql<Finding>`${sql.join(parts, sql` union all `)}`.execute(db);
  return rows;
}
