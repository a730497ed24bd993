import { Client, fetchExchange, type AnyVariables, type DocumentInput } from '@urql/core';
import { ProblemError, problemFrom, problemOf, type Problem } from '../../api/problem.ts';
import type { Column } from '../columns.ts';
import { connectionIn } from '../connection.ts';
import { byteOrderMark, csvLine } from './csv.ts';

export type ExportFormat = 'csv' | 'json';

/** What to export: a list as it is asked for, of which the page is left out. */
export interface ExportSource {
  document: DocumentInput;
  variables: Record<string, unknown>;
  /** All rows, where they are here already. */
  rows?: readonly unknown[] | undefined;
}

/** The most the API answers at once. */
const pageSize = 500;

// Rows that are only written into a file have no business in the cache: it would keep all of them.
const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'network-only',
  exchanges: [fetchExchange],
});

/** Writes the whole of a list, as it is filtered and ordered, page by page. */
export class ListExport {
  /** Rows that were read. */
  done = $state(0);
  /** How many there are, as the last page said. */
  total = $state(0);
  isRunning = $state(false);
  problem = $state.raw<Problem>();
  #abort = new AbortController();

  cancel(): void {
    this.#abort.abort();
  }

  /**
   * @param columns columns of a CSV file; JSON has all fields that the API answers
   * @returns the file; `undefined` when it was cancelled, or failed as `problem` says
   */
  async write<Row>(
    source: ExportSource,
    format: ExportFormat,
    columns: readonly Column<string, Row>[],
  ): Promise<Blob | undefined> {
    this.#abort = new AbortController();
    Object.assign(this, { done: 0, total: 0, isRunning: true, problem: undefined });
    try {
      // Browsers keep blobs out of the memory of the page: only one page of rows is in it at a time.
      const parts: Blob[] = [];
      for await (const rows of this.#pages<Row>(source)) {
        const isFirst = parts.length === 0;
        const start = isFirst ? byteOrderMark + heading(columns) : '';
        parts.push(new Blob([format === 'csv' ? start + csvRows(rows, columns) : jsonRows(rows, isFirst)]));
        this.done += rows.length;
      }
      if (format === 'json') parts.push(new Blob(['\n]\n']));
      return new Blob(parts, { type: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/json' });
    } catch (error) {
      if (!this.#abort.signal.aborted) this.problem = problemFrom(error);
      return undefined;
    } finally {
      this.isRunning = false;
    }
  }

  async *#pages<Row>({ document, variables, rows }: ExportSource): AsyncGenerator<Row[]> {
    if (rows !== undefined) {
      this.total = rows.length;
      yield rows as Row[];
      return;
    }
    const { first: _first, last: _last, before: _before, after: _after, ...asked } = variables;
    let after: string | null = null;
    do {
      const page: AnyVariables = { ...asked, first: pageSize, after };
      const { signal } = this.#abort;
      const { data, error } = await client
        .query(document, page, {
          fetchOptions: { credentials: 'same-origin', signal },
        })
        .toPromise();
      signal.throwIfAborted();
      if (error !== undefined) throw new ProblemError(problemOf(error));
      const connection = connectionIn(data);
      if (connection === undefined) return;
      this.total = connection.totalCount;
      yield connection.nodes as Row[];
      after = connection.pageInfo.hasNextPage ? connection.pageInfo.endCursor : null;
    } while (after !== null);
  }
}

function heading<Row>(columns: readonly Column<string, Row>[]): string {
  return csvLine(columns.map(({ title }) => title));
}

function csvRows<Row>(rows: readonly Row[], columns: readonly Column<string, Row>[]): string {
  return rows.map((row) => csvLine(columns.map(({ text }) => text?.(row)))).join('');
}

function jsonRows(rows: readonly unknown[], isFirst: boolean): string {
  const written = rows.map((row) => `\n  ${JSON.stringify(row, plain)}`).join(',');
  return isFirst ? `[${written}` : `,${written}`;
}

/** Leaves out what the client adds for itself. */
function plain(name: string, value: unknown): unknown {
  return name === '__typename' ? undefined : value;
}

/** `virtual-machines-2026-11-29-1504.csv`: what it is of, and when, in local time. */
export function fileName(list: string, format: ExportFormat, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const name = list.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${name}-${day}-${two(now.getHours())}${two(now.getMinutes())}.${format}`;
}

/** Has the browser keep a file. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The download has begun when the click returns; what it reads must outlive that a little.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
