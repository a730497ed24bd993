import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

/**
 * Whoever changes the shape of the tree waits for the one before: a path is made of all names above it. No other part
 * of the product may take this number; `usage/daemon.ts` holds …003 all the time.
 */
const treeLock = 4_105_130_005;

export async function lockTree(tx: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${treeLock})`.execute(tx);
}

/** Notes a violation unless a text can be a part of a path. */
export function checkDomainName(check: Check, path: string, name: string): void {
  check.that(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name),
    path,
    name,
    'must be 1 to 64 letters, digits, dashes, dots or underscores, and begin with a letter or digit',
  );
}

/** Path of a domain below another. */
export function pathBelow(parent: Pick<Row<'Domain'>, 'path'>, name: string): string {
  return parent.path === '/' ? `/${name}` : `${parent.path}/${name}`;
}

/** Puts the rule that siblings have different names into words. */
export function nameTaken(error: unknown, name: string): unknown {
  return isUniqueViolation(error, 'Domain_path_key')
    ? invalid('input.name', name, 'is the name of another domain beside it')
    : error;
}

/**
 * Holds a domain so that its deletion cannot begin before something new is in it.
 * @throws PlatformError INVALID_STATE when it is being deleted
 */
export async function holdOpenDomain(tx: Transaction, id: Id<'Domain'>): Promise<void> {
  const domain = await tx
    .selectFrom('Domain')
    .select(['path', 'state'])
    .where('id', '=', id)
    .forShare()
    .executeTakeFirstOrThrow();
  if (domain.state === 'ACTIVE') return;
  throw new PlatformError(
    'INVALID_STATE',
    `domain ${domain.path} is being deleted; nothing new comes into it`,
    {
      details: { id, state: domain.state },
    },
  );
}
