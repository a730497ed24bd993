import { countSelected, type Dataset } from '../dataset.ts';
import { ExportProblem } from '../export-errors.ts';
import { focusVersion } from './focus-columns.ts';
import { focusFileColumns, type FocusSource } from './focus-file-columns.ts';
import { readFocusLines, type FocusLine } from './focus-line.ts';
import { focusValues } from './focus-values.ts';
import { focusSchema } from './schema/focus-schema.ts';
import { rowViolations } from './validate.ts';

/** @throws ExportProblem for a row that the specification does not allow */
function sourceOf(line: FocusLine, issuerName: string): FocusSource {
  const { id } = line;
  const values = focusValues(line, issuerName);
  const [first] = rowViolations(values);
  if (first !== undefined)
    throw new ExportProblem(`rated line ${id} makes no row of FOCUS ${focusVersion}: ${first}`);
  return { id, line, values };
}

/**
 * Rated lines as rows of the FinOps Open Cost and Usage Specification, each checked against it.
 * @param issuerName who sends the bill
 */
export function focusDataset(issuerName: string): Dataset<FocusSource> {
  return {
    columns: focusFileColumns,
    countRows: countSelected('RatedLine'),
    facts: {
      FocusVersion: focusVersion,
      DataGenerator: focusSchema.DataGenerator,
      SchemaId: focusSchema.SchemaId,
    },
    readPage: async (db, selection, after, limit) => {
      const lines = await readFocusLines(db, selection, after, limit);
      return lines.map((line) => sourceOf(line, issuerName));
    },
  };
}
