import { isId } from '@nephos/model/kernel/ids.ts';
import { documentsPath, parseDocumentName } from '../billing/statement/document/document-path.ts';
import { openDocument } from '../billing/statement/document/open-document.ts';
import { openExport } from '../billing/usage-export/export-download.ts';
import { focusSchemaFile } from '../billing/usage-export/focus-schema-file.ts';
import { focusSchemaName } from '../billing/usage-export/focus-schema-name.ts';
import { notFound } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { FileSource } from './file-downloads.ts';

/** Of what came in a path, errors say no more. */
const shortened = (name: string) => name.slice(0, 64);

/** Every kind of file that users fetch: `/exports/<id>`, `/statement-files/<id>.<language>.<format>`. */
export function fileSources({ db, settings }: Pick<Platform, 'db' | 'settings'>): FileSource[] {
  return [
    {
      path: '/exports/',
      open: (actor, name) => {
        if (name === focusSchemaName) return Promise.resolve(focusSchemaFile);
        if (!isId('UsageExport', name)) throw notFound('export', shortened(name));
        return openExport(db, actor, name);
      },
    },
    {
      path: documentsPath,
      open: (actor, name) => {
        const document = parseDocumentName(name);
        if (document === undefined) throw notFound('statement', shortened(name));
        return openDocument({ db, settings }, actor, document);
      },
    },
  ];
}
