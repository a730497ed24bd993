import { createHash } from 'node:crypto';
import { focusSchema } from '@nephos/usage/export/focus/schema/focus-schema.ts';
import type { ExportFile } from './export-download.ts';
import { focusSchemaName } from './focus-schema-name.ts';

const content = Buffer.from(`${JSON.stringify(focusSchema, null, 2)}\n`);

/** The schema of FOCUS files, for whoever may fetch files. */
export const focusSchemaFile: ExportFile = {
  name: focusSchemaName,
  mediaType: 'application/json',
  sizeBytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  // eslint-disable-next-line @typescript-eslint/require-await -- a file of a single piece
  read: async function* (from, until) {
    yield content.subarray(from, until);
  },
};
