import pdfmake from 'pdfmake';
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { fontName, loadFonts } from './fonts.ts';
import type { DocumentLine, StatementDocument } from './statement-document.ts';

const muted = '#52525b';
const line = '#e4e4e7';
const alarming = '#b45309';

/** A statement as a PDF. The same statement gives the same bytes: nothing in it is of the moment. */
export async function pdfOf(document: StatementDocument): Promise<Buffer> {
  loadFonts();
  return pdfmake.createPdf(definitionOf(document)).getBuffer();
}

function definitionOf(document: StatementDocument): TDocumentDefinitions {
  const { words, title, name, warning, facts, issuer, customer, at } = document;
  return {
    pageSize: 'A4',
    pageMargins: [48, 48, 48, 56],
    language: words.locale,
    info: {
      title: title === name ? title : `${title} ${name}`,
      author: issuer[0] ?? '',
      creationDate: at,
      modDate: at,
    },
    defaultStyle: { font: fontName, fontSize: 9, lineHeight: 1.2 },
    ...(warning !== '' && {
      watermark: { text: title, color: alarming, opacity: 0.1, bold: true, angle: -40 },
    }),
    footer: (current, count) => ({
      text: `${name} · ${words.page(current, count)}`,
      alignment: 'center',
      margin: [0, 16, 0, 0],
      color: muted,
      fontSize: 8,
    }),
    content: [
      { text: title, fontSize: 20, bold: true, margin: [0, 0, 0, 12] },
      ...warningOf(warning),
      {
        layout: 'noBorders',
        table: { body: facts.map(([name, value]) => [{ text: name, color: muted }, { text: value }]) },
        margin: [0, 0, 0, 16],
      },
      {
        columns: [party(words.issuer, issuer), party(words.customer, customer)],
        columnGap: 24,
        margin: [0, 0, 0, 20],
      },
      linesOf(document),
      sumsOf(document),
    ],
  };
}

/** What is empty would take room, too. */
const warningOf = (text: string): Content[] =>
  text === '' ? [] : [{ text, color: alarming, bold: true, margin: [0, 0, 0, 12] }];

const party = (name: string, lines: readonly string[]): Content => ({
  stack: [{ text: name, color: muted, bold: true }, ...lines.map((text) => ({ text }))],
});

const rules = {
  hLineWidth: (index: number) => (index === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => line,
  paddingTop: () => 4,
  paddingBottom: () => 4,
};

function linesOf({ words, currency, lines }: StatementDocument): Content {
  const titles = [words.item, words.zone, words.quantity, words.price, words.amount(currency)];
  return {
    layout: rules,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: ['*', 60, 88, 74, 82],
      body: [
        titles.map((text, index): TableCell => ({
          text,
          bold: true,
          color: muted,
          alignment: sideOf(index),
        })),
        ...lines.map(rowOf),
      ],
    },
  };
}

const sideOf = (column: number) => (column < 2 ? 'left' : 'right');

function rowOf({ title, note, zone, quantity, unit, price, amount }: DocumentLine): TableCell[] {
  return [
    withNote(title, note),
    { text: zone },
    // A long number and its unit do not fit beside each other.
    { ...withNote(quantity, unit), alignment: 'right' },
    { text: price, alignment: 'right' },
    { text: amount, alignment: 'right' },
  ];
}

const withNote = (text: string, note: string) => ({
  stack: [{ text }, ...(note === '' ? [] : [{ text: note, color: muted, fontSize: 8 }])],
});

function sumsOf({ sums }: StatementDocument): Content {
  return {
    layout: rules,
    margin: [0, 12, 0, 0],
    // The sums stay together.
    unbreakable: true,
    table: {
      widths: ['*', 120],
      body: sums.map(([name, amount], index): TableCell[] => {
        const isTotal = index === sums.length - 1;
        const look = isTotal ? { bold: true, fontSize: 12 } : { color: muted };
        return [
          { ...look, text: name, alignment: 'right' },
          { ...look, text: amount, alignment: 'right' },
        ];
      }),
    },
  };
}
