const KiB = 1024;
const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `412 MiB`, `1.5 GiB`: short enough for a line that changes twice a second. */
function written(bytes: number): string {
  let [amount, unit]: [number, string] = [bytes / KiB, units[0]];
  for (const next of units.slice(1)) {
    if (amount < 1000) break;
    [amount, unit] = [amount / KiB, next];
  }
  return `${amount < 10 && unit !== 'KiB' ? amount.toFixed(1) : amount.toFixed(0)} ${unit}`;
}

/** How far a transfer of memory or disks is. */
export function transferProgress(transfer: {
  totalBytes: number;
  remainingBytes: number;
  bytesPerSecond: number | null;
}): { percent: number; detail: string } {
  const { totalBytes, remainingBytes, bytesPerSecond } = transfer;
  const done = Math.max(0, totalBytes - remainingBytes);
  const pace = bytesPerSecond === null ? '' : `, ${written(bytesPerSecond)}/s`;
  return {
    // What the guest changes meanwhile has to go again: it is over when it is over, not at a hundred.
    percent: totalBytes === 0 ? 0 : Math.min(99, Math.floor((done / totalBytes) * 100)),
    detail: `${written(done)} of ${written(totalBytes)}${pace}`,
  };
}
