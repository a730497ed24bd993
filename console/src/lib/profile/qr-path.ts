import { encode } from 'uqr';

/** A QR code to be drawn: one path of dark squares, each of size 1. */
interface QrPath {
  /** Width and height, the quiet zone included. */
  size: number;
  path: string;
}

/** What scanners ask for around a code. */
const quietZone = 4;

/** The QR code of a text. Runs of squares in a row are one rectangle, so that no seams show between them. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone });
  return { size, path: data.map(rowPath).join('') };
}

function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    const start = x;
    while (row[x] === true) x++;
    if (x > start) path += `M${start} ${y}h${x - start}v1h-${x - start}z`;
  }
  return path;
}
