import { isId, type Id } from '@nephos/model/kernel/ids.ts';

/** Where documents of statements are fetched from: `/statement-files/<id>.zh.pdf`. */
export const documentsPath = '/statement-files/';

export const documentFormats = ['PDF', 'HTML'] as const;
export const documentLanguages = ['EN', 'ZH'] as const;

export type DocumentFormat = (typeof documentFormats)[number];
export type DocumentLanguage = (typeof documentLanguages)[number];

/** A document that is asked for. */
export interface DocumentName {
  id: Id<'Statement'>;
  format: DocumentFormat;
  language: DocumentLanguage;
}

/** Where to fetch a statement. */
export function documentPath(
  id: Id<'Statement'>,
  format: DocumentFormat,
  language: DocumentLanguage,
): string {
  return `${documentsPath}${id}.${language.toLowerCase()}.${format.toLowerCase()}`;
}

/** What a path asks for, without what is before the id; `undefined` for what names no document. */
export function parseDocumentName(name: string): DocumentName | undefined {
  const [id = '', language = '', format = '', ...more] = name.split('.');
  const found = {
    language: documentLanguages.find((each) => each.toLowerCase() === language),
    format: documentFormats.find((each) => each.toLowerCase() === format),
  };
  if (more.length > 0 || !isId('Statement', id)) return undefined;
  if (found.language === undefined || found.format === undefined) return undefined;
  return { id, language: found.language, format: found.format };
}
