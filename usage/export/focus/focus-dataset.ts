import type { Database } from '@nephos/model/database.ts';
import { countSelected, type Dataset } from '../dataset.ts';
import { ExportProblem } from '../export-errors.ts';
import type { Selection } from '../selection.ts';
import { focusVersion } from './focus-columns.ts';
import { focusFileColumns } from './focus-file-columns.ts';
import { readFocusLines } from './focus-line.ts';
import type { FocusSource } from './focus-source.ts';
import { focusValues } from './focus-values.ts';
import { countInvoiceCharges, invoiceIdStart, readInvoiceCharges } from './invoice-charge.ts';
import { invoiceChargeValues } from './invoice-values.ts';
import { countPrepaidCharges, prepaidIdStart, readPrepaidCharges } from './prepaid-charge.ts';
import { prepaidValues } from './prepaid-values.ts';
import { focusSchema } from './schema/focus-schema.ts';
import { rowViolations } from './validate.ts';

/** Rows of one kind, in the order of their ids. */
interface Part {
  /** What their ids begin with. */
  idStart: string;
  count(db: Database, selection: Selection): Promise<bigint>;
  read(db: Database, selection: Selection, after: string, limit: number): Promise<FocusSource[]>;
}

/** @throws ExportProblem for a row that the specification does not allow */
function checked(source: Omit<FocusSource, 'id'>): FocusSource {
  const { id } = source.charge;
  const [first] = rowViolations(source.values);
  if (first !== undefined) throw new ExportProblem(`${id} makes no row of FOCUS ${focusVersion}: ${first}`);
  return { id, ...source };
}

/** What a file is made of, one after the other. */
function partsFor(providerName: string): readonly [Part, ...Part[]] {
  return [
    {
      idStart: 'rate_',
      count: countSelected('RatedLine'),
      read: async (...question) =>
        (await readFocusLines(...question)).map((line) =>
          checked({ charge: line, line, values: focusValues(line, providerName) }),
        ),
    },
    {
      idStart: invoiceIdStart,
      count: countInvoiceCharges,
      read: async (...question) =>
        (await readInvoiceCharges(...question)).map((charge) =>
          checked({ charge, line: undefined, values: invoiceChargeValues(charge, providerName) }),
        ),
    },
    {
      idStart: prepaidIdStart,
      count: countPrepaidCharges,
      read: async (...question) =>
        (await readPrepaidCharges(...question)).map((charge) =>
          checked({ charge, line: undefined, values: prepaidValues(charge, providerName) }),
        ),
    },
  ];
}

/**
 * Rated lines, what statements have beside them, and what was paid for in advance, as rows of the FinOps Open Cost and
 * Usage Specification, each checked against it.
 * @param providerName who sells what is used
 */
export function focusDataset(providerName: string): Dataset<FocusSource> {
  const parts = partsFor(providerName);
  return {
    columns: focusFileColumns,
    countRows: async (db, selection) => {
      let count = 0n;
      for (const part of parts) count += await part.count(db, selection);
      return count;
    },
    facts: {
      FocusVersion: focusVersion,
      DataGenerator: focusSchema.DataGenerator,
      SchemaId: focusSchema.SchemaId,
    },
    readPage: async (db, selection, after, limit) => {
      const begun = parts.findIndex(({ idStart }) => after.startsWith(idStart));
      const rows: FocusSource[] = [];
      for (const [index, part] of parts.entries()) {
        if (index < begun || rows.length === limit) continue;
        const from = index === begun ? after : '';
        rows.push(...(await part.read(db, selection, from, limit - rows.length)));
      }
      return rows;
    },
  };
}
