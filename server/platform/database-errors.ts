import pg from 'pg';

/**
 * SQLSTATE classes and codes after which the same work may succeed: connection lost (08), shutting down or starting
 * (57P01 to 57P03), too many connections (53300), serialization failure and deadlock (40001, 40P01).
 */
const transientStates = /^(08...|57P0[123]|53300|40001|40P01)$/;
const transientSystemErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
]);

/** Whether the database was not there rather than of another mind. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof pg.DatabaseError) return transientStates.test(error.code ?? '');
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect' || syscall === 'read' || syscall === 'write')
    return transientSystemErrors.has(code ?? '');
  return /Connection terminated|timeout expired|connection has been discarded|Client has encountered a connection error/.test(
    error.message,
  );
}

/** Whether a unique index refused a row; by the index's name, when one is given. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.code === '23505' &&
    (index === undefined || error.constraint === index)
  );
}

/** Whether a row came to a partitioned table that has no partition for its time. */
export function lacksPartition(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23514' && error.routine === 'ExecFindPartition';
}

/** Whether a statement was broken off because it took longer than `statement_timeout`. */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014';
}

/** Whether a lock was not got within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}

/** Whether the transaction was broken off because it waited in a circle with others. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '40P01';
}
