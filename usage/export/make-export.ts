import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { RowWriter } from './column.ts';
import { pagesOf, type Dataset } from './dataset.ts';
import { focusDataset } from './focus/focus-dataset.ts';
import { csvWriter } from './format/csv.ts';
import { jsonLinesWriter } from './format/json-lines.ts';
import { parquetWriter } from './format/parquet.ts';
import { ratedLineDataset } from './rated-lines/rated-line-dataset.ts';
import { recordDataset } from './records/record-dataset.ts';
import { statementDataset } from './statements/statement-dataset.ts';
import { Shelf } from './shelf.ts';

function writerOf<Source extends { id: string }>(
  { columns, facts }: Dataset<Source>,
  { format }: Row<'UsageExport'>,
): RowWriter<Source> {
  switch (format) {
    case 'CSV':
      return csvWriter(columns);
    case 'JSON_LINES':
      return jsonLinesWriter(columns);
    case 'PARQUET':
      return parquetWriter(columns, facts);
  }
}

async function fill<Source extends { id: string }>(
  shelf: Shelf,
  { db, request }: { db: Database; request: Row<'UsageExport'> },
  dataset: Dataset<Source>,
): Promise<void> {
  await shelf.begin(await dataset.countRows(db, request), dataset.facts.SchemaId ?? null);
  const writer = writerOf(dataset, request);
  for await (const rows of pagesOf(db, dataset, request)) await shelf.add(writer.write(rows), rows.length);
  await shelf.add(writer.end(), 0);
}

/**
 * Makes the file of a request that was claimed. What it is made of never changes any more, so whoever makes it again
 * makes the same bytes.
 * @throws ExportTaken when somebody else makes it, or nobody wants it any more
 * @throws ExportProblem when it cannot be made
 */
export async function makeExport(db: Database, request: Row<'UsageExport'>, clock: Clock): Promise<void> {
  const shelf = new Shelf(db, request);
  const place = { db, request };
  switch (request.kind) {
    case 'RECORDS':
      await fill(shelf, place, recordDataset);
      break;
    case 'RATED_LINES':
      await fill(shelf, place, ratedLineDataset);
      break;
    case 'FOCUS':
      await fill(shelf, place, focusDataset(request.issuerName));
      break;
    case 'STATEMENTS':
      await fill(shelf, place, statementDataset);
      break;
  }
  await shelf.finish(clock.now());
}
