/** Bytes of a file, from one place to before another. */
export interface ByteRange {
  from: number;
  until: number;
}

const pattern = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The one range that a `Range` header asks for, as RFC 9110 has it.
 * @returns `undefined` for the whole file, which is also the answer to several ranges and to what is no range;
 * `null` when there is nothing in it
 */
export function byteRange(header: string | undefined, size: number): ByteRange | null | undefined {
  const [, first = '', last = ''] = pattern.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return lastBytes(Number(last), size);
  const from = Number(first);
  const until = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < from) return undefined;
  return from < until ? { from, until } : null;
}

function lastBytes(count: number, size: number): ByteRange | null {
  return count === 0 || size === 0 ? null : { from: Math.max(0, size - count), until: size };
}
