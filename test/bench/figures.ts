import { availableParallelism, cpus, totalmem } from 'node:os';

/** One number of a benchmark, with the goal that it is held against. */
export interface Figure {
  value: number;
  unit: string;
  /** `<= 150`; figures without a goal stand beside the others to explain them. */
  goal?: string;
}

export type Figures = Record<string, Figure>;

/** A benchmark: starts what it needs, is bounded, leaves nothing. */
export type Bench = (options: BenchOptions) => Promise<Figures>;

export interface BenchOptions {
  /** Smaller numbers, for a look: below 45 s. */
  isQuick: boolean;
  /** A line about what goes on, for people. */
  say(line: string): void;
}

function meets({ value, goal }: Figure): boolean | undefined {
  const [, sign, limit] = /^(<=|>=|=) (-?[\d.]+)$/.exec(goal ?? '') ?? [];
  if (sign === undefined) return undefined;
  if (sign === '<=') return value <= Number(limit);
  return sign === '>=' ? value >= Number(limit) : value === Number(limit);
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** The line that programs read. */
export function asJson(bench: string, at: Date, figures: Figures): string {
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  };
  const judged: Record<string, Figure & { ok?: boolean | undefined }> = {};
  for (const [name, figure] of Object.entries(figures)) {
    judged[name] = {
      ...figure,
      value: rounded(figure.value),
      ...(figure.goal !== undefined && { ok: meets(figure) }),
    };
  }
  return JSON.stringify({ bench, at: at.toISOString(), machine, figures: judged });
}

/** The table that people read. */
export function asTable(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, figure]) => {
    const isMet = meets(figure);
    const mark = isMet === undefined ? '' : isMet ? 'ok' : 'MISSED';
    return [name, `${rounded(figure.value)} ${figure.unit}`, figure.goal ?? '', mark];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param part from 0 to 1: 0.5 is the median */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
