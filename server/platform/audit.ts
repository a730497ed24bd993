import type { Database, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from './actor.ts';
import { currentTrace, currentTraceId, type Trace } from './trace.ts';

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
  /** Whom a sign-in that failed was for, where that is known: there is no actor then. */
  userId?: Id<'User'>;
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
  if (facts.outcome !== 'SUCCEEDED') noteRefusal(facts.outcome);
  await db
    .insertInto('AuditEvent')
    .values({
      id: newId('AuditEvent'),
      at: facts.at,
      action: facts.action,
      outcome: facts.outcome,
      actorUserId: actor?.userId ?? facts.userId ?? null,
      actorName: actor?.username ?? facts.actorName ?? 'system',
      sessionId: actor?.sessionId ?? null,
      apiKeyId: actor?.apiKeyId ?? null,
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

/** Refusals that were written where they happened, by request. */
const noted = new WeakMap<Trace, Set<string>>();

function noteRefusal(outcome: string): void {
  const trace = currentTrace();
  if (trace === undefined) return;
  const outcomes = noted.get(trace) ?? new Set();
  noted.set(trace, outcomes.add(outcome));
}

/**
 * Whether this request has an event of such a refusal already: then whoever meets the error on its way out need not
 * write another. Asked once for each.
 */
export function takeNotedRefusal(outcome: string): boolean {
  const trace = currentTrace();
  return trace !== undefined && (noted.get(trace)?.delete(outcome) ?? false);
}
