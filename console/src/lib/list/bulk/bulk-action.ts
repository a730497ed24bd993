import type { Component } from 'svelte';

/** What can be done to many rows at once. */
export interface BulkAction<Row> {
  id: string;
  label: string;
  icon: Component;
  isDangerous?: boolean;
  /** It cannot be undone: how many they are has to be typed first. */
  isForGood?: boolean;
  /** What it means for them, said before it is done. */
  impact: (rows: readonly Row[]) => string[];
  /** Why it cannot be done to a row; null when it can. */
  reasonAgainst: (row: Row) => string | null;
  /** Does it. @returns id of the job that works on it, if it takes time @throws ProblemError */
  run: (row: Row, idempotencyKey: string) => Promise<string | undefined>;
}

/** What a list offers for many rows at once. */
export interface Bulk<Row> {
  actions: readonly BulkAction<Row>[];
  nameOf: (row: Row) => string;
  /** The page of a row. */
  pathOf: (row: Row) => string | undefined;
}
