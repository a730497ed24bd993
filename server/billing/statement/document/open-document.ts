import { createHash } from 'node:crypto';
import type { Database } from '@nephos/model/database.ts';
import { getGuarded } from '../../../identity/access/guarded-loader.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { ExportFile } from '../../usage-export/export-download.ts';
import { readLines } from '../store.ts';
import type { DocumentFormat, DocumentName } from './document-path.ts';
import { htmlOf } from './html.ts';
import { pdfOf } from './pdf.ts';
import { statementDocument } from './statement-document.ts';

const mediaTypes: Record<DocumentFormat, string> = {
  PDF: 'application/pdf',
  HTML: 'text/html; charset=utf-8',
};

/**
 * Writes a statement, from what was kept with it: always the same bytes.
 * @throws PlatformError NOT_FOUND, FORBIDDEN
 */
export async function openDocument(
  db: Database,
  actor: Actor,
  { id, format, language }: DocumentName,
): Promise<ExportFile> {
  const statement = await getGuarded(db, actor, 'Statement', id, 'statement.list');
  const corrects =
    statement.correctsId === null
      ? undefined
      : await db
          .selectFrom('Statement')
          .select('number')
          .where('id', '=', statement.correctsId)
          .executeTakeFirstOrThrow();
  const lines = await readLines(db, [id]);
  const document = statementDocument({ statement, lines, corrects: corrects?.number }, language);
  const bytes = format === 'PDF' ? await pdfOf(document) : Buffer.from(htmlOf(document));
  return {
    name: `${statement.number}.${language.toLowerCase()}.${format.toLowerCase()}`,
    mediaType: mediaTypes[format],
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    // eslint-disable-next-line @typescript-eslint/require-await -- files that lie elsewhere are waited for
    async *read(from, until) {
      yield bytes.subarray(from, until);
    },
  };
}
