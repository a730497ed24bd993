import type { Row } from '@nephos/model/database.ts';
import type { UsageExportFormat, UsageExportKind } from '@nephos/model/generated/enums.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';

/** What each format is called on the web. */
export const mediaTypes: Record<UsageExportFormat, string> = {
  CSV: 'text/csv; charset=utf-8',
  JSON_LINES: 'application/x-ndjson',
  PARQUET: 'application/vnd.apache.parquet',
};

const endings: Record<UsageExportFormat, string> = { CSV: 'csv', JSON_LINES: 'jsonl', PARQUET: 'parquet' };

const stems: Record<UsageExportKind, string> = {
  RECORDS: 'usage-records',
  RATED_LINES: 'rated-lines',
  FOCUS: 'focus',
  STATEMENTS: 'statements',
};

/** What a file says of itself in its name. */
export type NamedFile = Pick<
  Row<'UsageExport'>,
  'kind' | 'format' | 'coversFrom' | 'coversUntil' | 'timeZone'
>;

/**
 * `usage-records-2026-11-01-2026-12-01.csv`: with the days on which it begins and ends, by the clocks that usage is summed
 * up by.
 * @param more what tells it from others: stands before the ending
 */
export function fileName({ kind, format, coversFrom, coversUntil, timeZone }: NamedFile, more = ''): string {
  const day = (at: Date) => wallTimeAt(at, timeZone).date;
  return `${stems[kind]}-${day(coversFrom)}-${day(coversUntil)}${more}.${endings[format]}`;
}
