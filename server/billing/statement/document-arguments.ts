import { builder } from '../../graphql/builder.ts';
import type { documentFormats, documentLanguages } from './document/document-path.ts';

const StatementFormat = builder.enumType('StatementFormat', {
  description: 'How a statement is written.',
  values: {
    PDF: { description: 'Portable Document Format.' },
    HTML: { description: 'A page for browsers that needs no other file.' },
  } satisfies Record<(typeof documentFormats)[number], { description: string }>,
});

const StatementLanguage = builder.enumType('StatementLanguage', {
  description: 'The language that a statement is written in.',
  values: {
    EN: { description: 'English.' },
    ZH: { description: 'Chinese, in simplified characters.' },
  } satisfies Record<(typeof documentLanguages)[number], { description: string }>,
});

/** Which document of a statement, or of a draft. */
export const documentArguments = builder.args((t) => ({
  format: t.field({ type: StatementFormat, description: 'How it is to be written.' }),
  language: t.field({ type: StatementLanguage, description: 'In which language.' }),
}));
