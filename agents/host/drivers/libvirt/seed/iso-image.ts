/**
 * A small disc: ISO 9660 (ECMA-119) with Joliet, so that Linux, the BSDs and Windows all see the files under their own
 * names. One folder, files in memory. What ECMA-119 calls "both" is a number twice, little-endian and then big-endian.
 */

const sectorBytes = 2048;
/** Before the first volume descriptor. */
const systemSectors = 16;
/** Descriptors: primary, Joliet, terminator; then path tables of both, each in two byte orders; then both folders. */
const pathTableSector = systemSectors + 3;
const folderSector = pathTableSector + 4;
const firstFileSector = folderSector + 2;
const pathTableBytes = 10;
/**
 * Empty, at the end, as mkisofs has it by default: readers look ahead, and busybox, which looks for a label in what it
 * takes for many kinds of file systems, gives up on a disc of less than 68 KiB.
 */
const paddingSectors = 150;

export interface DiscFile {
  /** Lower case, up to 30 characters. */
  name: string;
  content: Buffer;
}

interface PlacedFile extends DiscFile {
  sector: number;
}

/** How one of the two trees writes names. */
interface Naming {
  ofFile(name: string): Buffer;
  text(text: string, bytes: number): Buffer;
  type: number;
  folder: number;
  pathTables: number;
}

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const primary: Naming = {
  ofFile: (name) => Buffer.from(`${name.toUpperCase()}${name.includes('.') ? '' : '.'};1`),
  text: (text, bytes) => Buffer.from(text.padEnd(bytes, ' ')),
  type: 1,
  folder: folderSector,
  pathTables: pathTableSector,
};

const joliet: Naming = {
  ofFile: (name) => ucs2(`${name};1`),
  text: (text, bytes) => ucs2(text.padEnd(bytes / 2, ' ')),
  type: 2,
  folder: folderSector + 1,
  pathTables: pathTableSector + 2,
};

/** The bytes of a disc with these files and this label. */
export function isoImage(label: string, files: readonly DiscFile[]): Buffer {
  let next = firstFileSector;
  const placed = [...files]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map((file): PlacedFile => {
      const sector = next;
      next += Math.max(1, Math.ceil(file.content.length / sectorBytes));
      return { ...file, sector };
    });
  const sectors = next + paddingSectors;
  const image = Buffer.alloc(sectors * sectorBytes);
  const put = (sector: number, content: Buffer) => content.copy(image, sector * sectorBytes);
  put(systemSectors, volumeDescriptor(primary, label, sectors));
  put(systemSectors + 1, volumeDescriptor(joliet, label, sectors));
  put(systemSectors + 2, Buffer.from([255, ...Buffer.from('CD001'), 1]));
  for (const naming of [primary, joliet]) {
    put(naming.pathTables, pathTable(naming, 'LE'));
    put(naming.pathTables + 1, pathTable(naming, 'BE'));
    put(naming.folder, folder(naming, placed));
  }
  for (const { sector, content } of placed) put(sector, content);
  return image;
}

function both16(target: Buffer, offset: number, value: number): void {
  target.writeUInt16LE(value, offset);
  target.writeUInt16BE(value, offset + 2);
}

function both32(target: Buffer, offset: number, value: number): void {
  target.writeUInt32LE(value, offset);
  target.writeUInt32BE(value, offset + 4);
}

/** ECMA-119 8.4 and 8.5; Joliet's differs in its escape sequence, which says UCS-2 level 3. */
function volumeDescriptor(naming: Naming, label: string, sectors: number): Buffer {
  const descriptor = Buffer.alloc(sectorBytes);
  descriptor.writeUInt8(naming.type, 0);
  descriptor.write('CD001', 1);
  descriptor.writeUInt8(1, 6);
  naming.text('', 32).copy(descriptor, 8);
  naming.text(label, 32).copy(descriptor, 40);
  both32(descriptor, 80, sectors);
  if (naming === joliet) descriptor.write('%/E', 88);
  both16(descriptor, 120, 1);
  both16(descriptor, 124, 1);
  both16(descriptor, 128, sectorBytes);
  both32(descriptor, 132, pathTableBytes);
  descriptor.writeUInt32LE(naming.pathTables, 140);
  descriptor.writeUInt32BE(naming.pathTables + 1, 148);
  record(Buffer.from([0]), { sector: naming.folder, bytes: sectorBytes, isFolder: true }).copy(
    descriptor,
    156,
  );
  // Names of the volume set, publisher, preparer and application, and of three files that say more: none.
  naming.text('', 128).copy(descriptor, 190);
  for (const offset of [318, 446, 574]) naming.text('', 128).copy(descriptor, offset);
  naming.text('', 36).copy(descriptor, 702);
  naming.text('', 36).copy(descriptor, 739);
  naming.text('', 36).copy(descriptor, 776);
  // Made, changed, ends, holds from: not given, which is sixteen zeros and an offset of 0.
  for (const offset of [813, 830, 847, 864]) descriptor.write('0'.repeat(16), offset);
  descriptor.writeUInt8(1, 881);
  return descriptor;
}

/** ECMA-119 9.4, for the only folder. */
function pathTable({ folder: sector }: Naming, order: 'LE' | 'BE'): Buffer {
  const table = Buffer.alloc(pathTableBytes);
  table.writeUInt8(1, 0);
  if (order === 'LE') table.writeUInt32LE(sector, 2);
  else table.writeUInt32BE(sector, 2);
  if (order === 'LE') table.writeUInt16LE(1, 6);
  else table.writeUInt16BE(1, 6);
  return table;
}

function folder(naming: Naming, files: readonly PlacedFile[]): Buffer {
  const itself = { sector: naming.folder, bytes: sectorBytes, isFolder: true };
  const records = [
    record(Buffer.from([0]), itself),
    record(Buffer.from([1]), itself),
    ...files.map(({ name, sector, content }) =>
      record(naming.ofFile(name), { sector, bytes: content.length, isFolder: false }),
    ),
  ];
  const content = Buffer.concat(records);
  if (content.length > sectorBytes) throw new RangeError('too many files for one sector of names');
  return content;
}

/** ECMA-119 9.1. The date is the first of January 1970: the same files make the same disc. */
function record(name: Buffer, place: { sector: number; bytes: number; isFolder: boolean }): Buffer {
  const length = 33 + name.length + ((name.length + 1) % 2);
  const made = Buffer.alloc(length);
  made.writeUInt8(length, 0);
  both32(made, 2, place.sector);
  both32(made, 10, place.bytes);
  Buffer.from([70, 1, 1, 0, 0, 0, 0]).copy(made, 18);
  made.writeUInt8(place.isFolder ? 2 : 0, 25);
  both16(made, 28, 1);
  made.writeUInt8(name.length, 32);
  name.copy(made, 33);
  return made;
}
