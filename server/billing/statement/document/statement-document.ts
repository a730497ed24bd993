import type { Row } from '@nephos/model/database.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import { percentOf, priceOf, quantityOf } from '../amounts.ts';
import type { StatementLineFacts } from '../compose.ts';
import type { DocumentLanguage } from './document-path.ts';
import { words, type Words } from './words.ts';

/** A line as it is read: the same in all formats. */
export interface DocumentLine {
  title: string;
  /** Smaller, below; empty where there is nothing to add. */
  note: string;
  zone: string;
  quantity: string;
  price: string;
  amount: string;
}

/** A statement as text in one language, before it has a format. */
export interface StatementDocument {
  words: Words;
  title: string;
  /** Names with what they say, such as its number. */
  facts: [name: string, value: string][];
  issuer: string[];
  customer: string[];
  currency: string;
  lines: DocumentLine[];
  /** Sums by kind; the last is the total. */
  sums: [name: string, amount: string][];
  issuedAt: Date;
}

/** What a document is made of: what was kept with a statement, and nothing else. */
export interface DocumentSource {
  statement: Row<'Statement'>;
  lines: readonly StatementLineFacts[];
  /** Number of the statement that a credit note corrects. */
  corrects: string | undefined;
}

/** Writes a statement down in a language. */
export function statementDocument(
  { statement, lines, corrects }: DocumentSource,
  language: DocumentLanguage,
): StatementDocument {
  const text = words[language];
  const { kind, number, month, startsAt, endsAt, issuedAt, timeZone, currency, parties } = statement;
  const day = (at: Date) => wallTimeAt(at, timeZone).date;
  const title = kind === 'STATEMENT' ? text.statement : text.creditNote;
  const { issuer, customer } = parties;
  return {
    words: text,
    title,
    facts: [
      [text.number, number],
      ...(corrects === undefined ? [] : [[text.corrects, corrects] satisfies [string, string]]),
      [text.month, `${month} (${text.period(day(startsAt), day(new Date(endsAt.getTime() - 1)))})`],
      [text.issuedAt, day(issuedAt)],
      [text.timeZone, timeZone],
    ],
    issuer: [
      issuer.name,
      issuer.address,
      issuer.taxId === '' ? '' : `${text.taxId} ${issuer.taxId}`,
      issuer.contact,
    ].filter((line) => line !== ''),
    customer: [customer.account, `${text.domain} ${customer.domain}`],
    currency,
    lines: lines.map((line) => documentLine(line, text)),
    sums: [
      [text.usage, grouped(statement.usage)],
      [text.discounts, grouped(statement.discount)],
      [text.taxes, grouped(statement.tax)],
      [`${text.total} (${currency})`, grouped(statement.total)],
    ],
    issuedAt,
  };
}

function documentLine(line: StatementLineFacts, text: Words): DocumentLine {
  const { kind, label, usageType, zoneName, resourceCount, unit, base, amount } = line;
  const quantity = quantityOf(line);
  const unitName = unit === null ? '' : text.units[unit];
  const notes = [
    label,
    ...(resourceCount === null ? [] : [text.resources(resourceCount)]),
    tierNote(line, text),
  ];
  const adjusted = kind === 'TAX' ? text.tax : text.discount;
  return {
    title: kind === 'USAGE' ? text.usageType(usageType ?? 0) : adjusted(label, percentOf(line) ?? '0'),
    note: kind === 'USAGE' ? notes.filter((note) => note !== '').join(' · ') : text.of(grouped(base ?? '0')),
    zone: zoneName ?? '',
    quantity: quantity === null ? '' : `${grouped(quantity)} ${unitName}`,
    price: kind === 'USAGE' ? (priceOf(line) ?? text.tiered) : '',
    amount: grouped(amount),
  };
}

/** How the price depends on the amount; empty where it does not. */
function tierNote(line: StatementLineFacts, text: Words): string {
  const { price } = line;
  if (price === null || priceOf(line) !== null) return '';
  return [
    ...(price.included === '0' ? [] : [text.included(grouped(price.included))]),
    ...price.tiers.map((tier) =>
      tier.upTo === undefined ? text.beyond(tier.price) : text.upTo(grouped(tier.upTo), tier.price),
    ),
  ].join(', ');
}

/** Decimal text with commas between thousands: `1,234.50`. */
export function grouped(amount: string): string {
  const [whole = '', places] = amount.split('.');
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return places === undefined ? commas : `${commas}.${places}`;
}
