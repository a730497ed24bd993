import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ApiClient } from './api-client.ts';

/** A line as a client asks for it. */
interface Line {
  kind: string;
  label: string;
  usageType: number | null;
  quantity: string | null;
  price: string | null;
  percent: string | null;
  base: string | null;
  amount: string;
}

/** A statement, or a credit note, as a client asks for it. */
export interface Statement {
  id: Id<'Statement'>;
  kind: string;
  number: string;
  accountId: string;
  usage: string;
  discount: string;
  tax: string;
  total: string;
  documentPath: string;
  lines: Line[];
  creditNotes: { number: string; total: string }[];
}

const lineFields = 'lines { kind label usageType quantity price percent base amount }';
const sums = 'usage discount tax total';
const fields = `id kind number accountId ${sums} documentPath(format: PDF, language: EN) ${lineFields} creditNotes { number total }`;

/** Statements and credit notes of a month that a client sees. */
export async function statementsOf(client: ApiClient, month = '2026-01'): Promise<Statement[]> {
  const { statements } = await client.ask<{ statements: { nodes: Statement[] } }>(
    `query ($month: String!) { statements(filter: { month: $month }) { nodes { ${fields} } } }`,
    { month },
  );
  return statements.nodes;
}

/** What statements of a month would say now. @param accountId the client's own when left out */
export async function draftsOf(
  client: ApiClient,
  accountId?: string,
  month = '2026-01',
): Promise<Omit<Statement, 'id'>[]> {
  const { statementDrafts } = await client.ask<{ statementDrafts: Statement[] }>(
    `query ($accountId: ID, $month: String!) {
      statementDrafts(month: $month, accountId: $accountId) { ${sums} ${lineFields} } }`,
    { accountId, month },
  );
  return statementDrafts;
}
