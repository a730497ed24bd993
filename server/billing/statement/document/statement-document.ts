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
  /** What the quantity counts; empty where there is none. */
  unit: string;
  price: string;
  amount: string;
}

/** A statement as text in one language, before it has a format. */
export interface StatementDocument {
  words: Words;
  title: string;
  /** Its number, or that it is a draft: stands on every page. */
  name: string;
  /** What is said of a draft, before anything else; empty for what was issued. */
  warning: string;
  /** Names with what they say, such as its number. */
  facts: [name: string, value: string][];
  issuer: string[];
  customer: string[];
  currency: string;
  lines: DocumentLine[];
  /** Sums by kind; the last is the total. */
  sums: [name: string, amount: string][];
  /** When it was issued, or up to when a draft reaches. */
  at: Date;
}

/** What was issued, or that nothing was. */
type Standing =
  | (Pick<Row<'Statement'>, 'kind' | 'number' | 'issuedAt'> & {
      /** Number of the statement that a credit note corrects. */
      corrects: string | undefined;
    })
  | { kind: 'DRAFT'; asOf: Date | null };

/** What a document is made of: what was kept with a statement, or a draft says, and nothing else. */
export interface DocumentSource {
  content: Pick<
    Row<'Statement'>,
    | 'month'
    | 'startsAt'
    | 'endsAt'
    | 'timeZone'
    | 'currency'
    | 'parties'
    | 'usage'
    | 'discount'
    | 'tax'
    | 'total'
  >;
  lines: readonly StatementLineFacts[];
  standing: Standing;
}

type Facts = StatementDocument['facts'];

/** Writes a statement, a credit note or a draft down in a language. */
export function statementDocument(
  { content, lines, standing }: DocumentSource,
  language: DocumentLanguage,
): StatementDocument {
  const text = words[language];
  const { month, startsAt, endsAt, timeZone, currency, parties } = content;
  const day = (at: Date) => wallTimeAt(at, timeZone).date;
  const monthFact = `${month} (${text.period(day(startsAt), day(new Date(endsAt.getTime() - 1)))})`;
  const { issuer, customer } = parties;
  return {
    words: text,
    ...headOf(standing, { text, timeZone, startsAt, monthFacts: [[text.month, monthFact]] }),
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
      [text.usage, grouped(content.usage)],
      [text.discounts, grouped(content.discount)],
      [text.taxes, grouped(content.tax)],
      [`${text.total} (${currency})`, grouped(content.total)],
    ],
  };
}

/** What stands above the parties. */
function headOf(
  standing: Standing,
  {
    text,
    timeZone,
    startsAt,
    monthFacts,
  }: { text: Words; timeZone: string; startsAt: Date; monthFacts: Facts },
): Pick<StatementDocument, 'title' | 'name' | 'warning' | 'facts' | 'at'> {
  const zoneFacts: Facts = [[text.timeZone, timeZone]];
  if (standing.kind === 'DRAFT') {
    const { asOf } = standing;
    const asOfFacts: Facts = asOf === null ? [] : [[text.asOf, minuteOf(asOf, timeZone)]];
    return {
      ...{ title: text.draft, name: text.draft, warning: text.draftWarning, at: asOf ?? startsAt },
      facts: [...monthFacts, ...asOfFacts, ...zoneFacts],
    };
  }
  const { kind, number, issuedAt, corrects } = standing;
  const correctsFacts: Facts = corrects === undefined ? [] : [[text.corrects, corrects]];
  return {
    title: kind === 'STATEMENT' ? text.statement : text.creditNote,
    ...{ name: number, warning: '', at: issuedAt },
    facts: [
      [text.number, number],
      ...correctsFacts,
      ...monthFacts,
      [text.issuedAt, wallTimeAt(issuedAt, timeZone).date],
      ...zoneFacts,
    ],
  };
}

/** `2026-11-29 11:05`, by the clocks of a time zone. */
function minuteOf(at: Date, timeZone: string): string {
  const { date, minutes } = wallTimeAt(at, timeZone);
  const twoDigits = (part: number) => String(part).padStart(2, '0');
  return `${date} ${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function documentLine(line: StatementLineFacts, text: Words): DocumentLine {
  const { kind, label, usageType, zoneName, resourceCount, unit, price, base, amount } = line;
  // What goes on gets its price when its period ends.
  const isPriced = kind === 'USAGE' && price !== null;
  const quantity = quantityOf(line);
  const notes = [
    kind === 'USAGE' && price === null ? text.goingOn : label,
    ...(resourceCount === null ? [] : [text.resources(resourceCount)]),
    tierNote(line, text),
  ];
  const adjusted = kind === 'TAX' ? text.tax : text.discount;
  return {
    title: kind === 'USAGE' ? text.usageType(usageType ?? 0) : adjusted(label, percentOf(line) ?? '0'),
    note: kind === 'USAGE' ? notes.filter((note) => note !== '').join(' · ') : text.of(grouped(base ?? '0')),
    zone: zoneName ?? '',
    quantity: quantity === null ? '' : grouped(quantity),
    unit: quantity === null || unit === null ? '' : text.units[unit],
    price: isPriced ? (priceOf(line) ?? text.tiered) : '',
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
