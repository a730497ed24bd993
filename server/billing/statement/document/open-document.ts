import { createHash } from 'node:crypto';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { demand, getGuarded } from '../../../identity/access/guarded-loader.ts';
import type { Actor } from '../../../platform/actor.ts';
import { notFound } from '../../../platform/errors.ts';
import type { Settings } from '../../../platform/settings/settings.ts';
import type { ExportFile } from '../../usage-export/export-download.ts';
import { readDrafts } from '../draft.ts';
import { readLines } from '../store.ts';
import type { DocumentFormat, DocumentName, DraftKey } from './document-path.ts';
import { htmlOf } from './html.ts';
import { pdfOf } from './pdf.ts';
import { statementDocument, type DocumentSource } from './statement-document.ts';

const mediaTypes: Record<DocumentFormat, string> = {
  PDF: 'application/pdf',
  HTML: 'text/html; charset=utf-8',
};

/** What a document is made of, and what its file is called before the language. */
interface Opened {
  source: DocumentSource;
  stem: string;
}

/**
 * Writes a statement, from what was kept with it: always the same bytes. Or a draft, as it is now.
 * @throws PlatformError NOT_FOUND, FORBIDDEN
 */
export async function openDocument(
  { db, settings }: { db: Database; settings: Settings },
  actor: Actor,
  { of, format, language }: DocumentName,
): Promise<ExportFile> {
  const { source, stem } =
    typeof of === 'string'
      ? await openStatement(db, actor, of)
      : await openDraft(db, settings, { actor, of });
  const document = statementDocument(source, language);
  const bytes = format === 'PDF' ? await pdfOf(document) : Buffer.from(htmlOf(document));
  return {
    name: `${stem}.${language.toLowerCase()}.${format.toLowerCase()}`,
    mediaType: mediaTypes[format],
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    // eslint-disable-next-line @typescript-eslint/require-await -- files that lie elsewhere are waited for
    async *read(from, until) {
      yield bytes.subarray(from, until);
    },
  };
}

async function openStatement(db: Database, actor: Actor, id: Id<'Statement'>): Promise<Opened> {
  const statement = await getGuarded(db, actor, 'Statement', id, 'statement.list');
  const { kind, number, issuedAt, correctsId } = statement;
  const corrects =
    correctsId === null
      ? undefined
      : await db
          .selectFrom('Statement')
          .select('number')
          .where('id', '=', correctsId)
          .executeTakeFirstOrThrow();
  const standing = { kind, number, issuedAt, corrects: corrects?.number };
  return { source: { content: statement, lines: await readLines(db, [id]), standing }, stem: number };
}

/** Who sees an account sees its drafts. */
async function openDraft(
  db: Database,
  settings: Settings,
  { actor, of }: { actor: Actor; of: DraftKey },
): Promise<Opened> {
  const { accountId, month, currency } = of;
  const permission = 'statement.list';
  demand(actor, permission);
  if (accountId !== actor.accountId) await getGuarded(db, actor, 'Account', accountId, permission);
  const drafts = await readDrafts(db, settings, { accountId, month });
  const draft = drafts.find((each) => each.currency === currency);
  if (draft === undefined) throw notFound('draft', `${month} ${currency}`);
  const standing = { kind: 'DRAFT', asOf: draft.asOf } as const;
  return { source: { content: draft, lines: draft.lines, standing }, stem: `draft-${month}-${currency}` };
}
