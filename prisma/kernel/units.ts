/** Bytes of memory or storage. A bigint, because a disk of 16 PiB is beyond what a double counts exactly. */
export type Bytes = bigint;

export const KiB = 1024n;
export const MiB = 1024n * KiB;
export const GiB = 1024n * MiB;
export const TiB = 1024n * GiB;

const steps = [
  [TiB, 'TiB'],
  [GiB, 'GiB'],
  [MiB, 'MiB'],
  [KiB, 'KiB'],
] as const;

/** Bytes for a person: `10 GiB`, `1.5 MiB`, `12 B`; at most two decimals, rounded down. */
export function formatBytes(bytes: Bytes): string {
  const step = steps.find(([size]) => bytes >= size);
  if (step === undefined) return `${bytes.toString()} B`;
  const [size, unit] = step;
  const hundredths = (bytes * 100n) / size;
  return `${(Number(hundredths) / 100).toString()} ${unit}`;
}
