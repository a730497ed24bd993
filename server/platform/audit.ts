import type { Database, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from './actor.ts';
import { currentTraceId } from './trace.ts';

export interface AuditFacts {
  /** Permission that was exercised or refused. */
  action: string;
  /** SUCCEEDED, or the code of the refusal. */
  outcome: string;
  at: Date;
  /** Absent for what happens without anybody signed in. */
  actor: Actor | null;
  /** Shown when there is no actor: the name given at a failed sign-in, or `system`. */
  actorName?: string;
  clientAddress?: string;
  target?: { kind: string; id: string };
  /** Account that owns the target, when that is not the actor's. */
  accountId?: Id<'Account'> | null;
  jobId?: Id<'Job'>;
  /** Never a secret. */
  details?: Record<string, unknown>;
}

/** Appends to the audit log, in the transaction of what it tells of. */
export async function audit(db: Database | Transaction, facts: AuditFacts): Promise<void> {
  const { actor, target, details } = facts;
  await db
    .insertInto('AuditEvent')
    .values({
      id: newId('AuditEvent'),
      at: facts.at,
      action: facts.action,
      outcome: facts.outcome,
      actorUserId: actor?.userId ?? null,
      actorName: actor?.username ?? facts.actorName ?? 'system',
      accountId: facts.accountId === undefined ? (actor?.accountId ?? null) : facts.accountId,
      clientAddress: actor?.clientAddress ?? facts.clientAddress ?? null,
      targetKind: target?.kind ?? null,
      targetId: target?.id ?? null,
      jobId: facts.jobId ?? null,
      traceId: currentTraceId(),
      details: details ? JSON.stringify(details) : null,
    })
    .execute();
}
