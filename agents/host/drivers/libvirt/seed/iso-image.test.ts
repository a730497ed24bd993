import { expect, test } from 'vitest';
import { isoImage } from './iso-image.ts';

const sector = 2048;

interface Descriptor {
  type: number;
  label: Buffer;
  folder: number;
}

/** What a reader of discs does: descriptors from sector 16 on, then the records of the folder that one names. */
function descriptors(image: Buffer): Descriptor[] {
  const found: Descriptor[] = [];
  for (let at = 16 * sector; ; at += sector) {
    expect(image.toString('latin1', at + 1, at + 6)).toBe('CD001');
    if (image[at] === 255) return found;
    found.push({
      type: image.readUInt8(at),
      label: image.subarray(at + 40, at + 72),
      folder: image.readUInt32LE(at + 158),
    });
  }
}

function filesOf(image: Buffer, { folder }: Descriptor): { name: Buffer; content: string }[] {
  const found: { name: Buffer; content: string }[] = [];
  for (let at = folder * sector; image.readUInt8(at) > 0; at += image.readUInt8(at)) {
    const [place, bytes] = [image.readUInt32LE(at + 2), image.readUInt32LE(at + 10)];
    expect([image.readUInt32BE(at + 6), image.readUInt32BE(at + 14)]).toEqual([place, bytes]);
    const name = image.subarray(at + 33, at + 33 + image.readUInt8(at + 32));
    const isFolder = (image.readUInt8(at + 25) & 2) !== 0;
    if (!isFolder)
      found.push({ name, content: image.toString('utf8', place * sector, place * sector + bytes) });
  }
  return found;
}

const long = 'x'.repeat(5000);
const files = [
  { name: 'user-data', content: Buffer.from(long) },
  { name: 'meta-data', content: Buffer.from('{}') },
  { name: 'vendor-data', content: Buffer.alloc(0) },
];

test('both trees of the disc show every file, under its name', () => {
  const image = isoImage('CIDATA', files);
  expect(image.length % sector).toBe(0);
  const [primary, joliet] = descriptors(image);
  expect(primary?.type).toBe(1);
  expect(primary?.label.toString()).toBe('CIDATA'.padEnd(32));
  expect(filesOf(image, primary!).map(({ name, content }) => [name.toString(), content])).toEqual([
    ['META-DATA.;1', '{}'],
    ['USER-DATA.;1', long],
    ['VENDOR-DATA.;1', ''],
  ]);
  expect(joliet?.type).toBe(2);
  const wide = (bytes: Buffer) => Buffer.from(bytes).swap16().toString('utf16le');
  expect(wide(joliet!.label)).toBe('CIDATA'.padEnd(16));
  expect(filesOf(image, joliet!).map(({ name, content }) => [wide(name), content])).toEqual([
    ['meta-data;1', '{}'],
    ['user-data;1', long],
    ['vendor-data;1', ''],
  ]);
});

test('the same files make the same disc', () => {
  expect(isoImage('CIDATA', files).equals(isoImage('CIDATA', [...files].reverse()))).toBe(true);
});
