import { isId, type Id } from '@nephos/model/kernel/ids.ts';
import { isMonth } from '../../cost/billing-month.ts';

/** Where documents of statements are fetched from: `/statement-files/<id>.zh.pdf`. */
export const documentsPath = '/statement-files/';

export const documentFormats = ['PDF', 'HTML'] as const;
export const documentLanguages = ['EN', 'ZH'] as const;

export type DocumentFormat = (typeof documentFormats)[number];
export type DocumentLanguage = (typeof documentLanguages)[number];

/** Which draft: an account has one in each currency that it has no statement in. */
export interface DraftKey {
  accountId: Id<'Account'>;
  month: string;
  currency: string;
}

/** A document that is asked for: of a statement, or of a draft. */
export interface DocumentName {
  of: Id<'Statement'> | DraftKey;
  format: DocumentFormat;
  language: DocumentLanguage;
}

/** Where to fetch a statement, or a draft: `acct_01….2026-11.CNY.zh.pdf`. */
export function documentPath(
  of: DocumentName['of'],
  format: DocumentFormat,
  language: DocumentLanguage,
): string {
  const name = typeof of === 'string' ? of : [of.accountId, of.month, of.currency].join('.');
  return `${documentsPath}${name}.${language.toLowerCase()}.${format.toLowerCase()}`;
}

/** What a path asks for, without what is before the id; `undefined` for what names no document. */
export function parseDocumentName(name: string): DocumentName | undefined {
  const parts = name.split('.');
  const of = parseSubject(parts.slice(0, -2));
  const language = documentLanguages.find((each) => each.toLowerCase() === parts.at(-2));
  const format = documentFormats.find((each) => each.toLowerCase() === parts.at(-1));
  if (of === undefined || language === undefined || format === undefined) return undefined;
  return { of, language, format };
}

function parseSubject([id = '', month = '', currency = '', ...more]: string[]):
  DocumentName['of'] | undefined {
  if (more.length > 0) return undefined;
  if (isId('Statement', id)) return month === '' ? id : undefined;
  if (!isId('Account', id) || !isMonth(month) || !/^[A-Z]{3}$/.test(currency)) return undefined;
  return { accountId: id, month, currency };
}
