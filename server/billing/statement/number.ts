import type { Transaction } from '@nephos/model/database.ts';
import type { StatementKind } from '@nephos/model/generated/enums.ts';

const prefixes: Record<StatementKind, string> = { STATEMENT: '', CREDIT_NOTE: 'CN-' };
const digits = 6;

/** A number of a statement, and what it is made of. */
export interface StatementNumber {
  year: number;
  serial: number;
  /** `2026-000123`, `CN-2026-000001` */
  number: string;
}

/**
 * The next number of a kind in a year. Whoever else wants one waits until this transaction ends; one that is rolled back
 * gives it back. So there are no gaps.
 */
export async function takeNumber(
  tx: Transaction,
  kind: StatementKind,
  year: number,
): Promise<StatementNumber> {
  const { last } = await tx
    .insertInto('StatementNumber')
    .values({ kind, year, last: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'year'])
        .doUpdateSet((row) => ({ last: row('StatementNumber.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return {
    year,
    serial: last,
    number: `${prefixes[kind]}${year}-${String(last).padStart(digits, '0')}`,
  };
}
