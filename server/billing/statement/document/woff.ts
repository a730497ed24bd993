import { inflateSync } from 'node:zlib';

const headerBytes = 44;
const entryBytes = 20;
const sfntHeaderBytes = 12;
const sfntEntryBytes = 16;

/**
 * The font in a WOFF 1.0 file, as it was before it was packed: https://www.w3.org/TR/WOFF/. What draws text would
 * unpack a table again for each letter.
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('not a WOFF file');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const at = headerBytes + entryBytes * index;
    const [offset, packed, length] = [4, 8, 12].map((place) => woff.readUInt32BE(at + place)) as [
      number,
      number,
      number,
    ];
    const bytes = woff.subarray(offset, offset + packed);
    return {
      tag: woff.subarray(at, at + 4),
      checksum: woff.readUInt32BE(at + 16),
      // A table that would not get smaller is stored as it is.
      data: packed === length ? bytes : inflateSync(bytes),
    };
  });

  const head = Buffer.alloc(sfntHeaderBytes + sfntEntryBytes * count);
  woff.copy(head, 0, 4, 8);
  const power = Math.floor(Math.log2(count));
  const searchRange = sfntEntryBytes * 2 ** power;
  for (const [index, value] of [count, searchRange, power, sfntEntryBytes * count - searchRange].entries())
    head.writeUInt16BE(value, 4 + 2 * index);
  const parts: Buffer[] = [head];
  let offset = head.length;
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    const at = sfntHeaderBytes + sfntEntryBytes * index;
    tag.copy(head, at);
    for (const [place, value] of [checksum, offset, data.length].entries())
      head.writeUInt32BE(value, at + 4 + 4 * place);
    // Tables begin at multiples of four.
    const padding = Buffer.alloc((4 - (data.length % 4)) % 4);
    parts.push(data, padding);
    offset += data.length + padding.length;
  }
  return Buffer.concat(parts);
}
