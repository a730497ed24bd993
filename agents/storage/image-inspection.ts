import type { FileHandle } from 'node:fs/promises';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';

export type ImageFormat = 'QCOW2' | 'RAW' | 'ISO';

/** QCOW2 as in QEMU's docs/interop/qcow2.rst: all numbers big-endian. */
const qcow2 = {
  magic: 0x514649fb,
  headerBytes: 104,
  backingFileOffset: 8,
  virtualSizeOffset: 24,
  encryptionOffset: 32,
  incompatibleFeaturesOffset: 72,
} as const;

/** Bits of the incompatible features: dirty 0, corrupt 1, external data file 2, compression type 3, extended L2 4. */
const harmlessFeatures = 0b11001n;
const externalDataFile = 0b100n;

/** ISO 9660: the first volume descriptor is in sector 16, its identifier after the type byte. */
const isoIdentifierOffset = 16 * 2048 + 1;

const refused = (message: string) => new CommandFailure('INVALID_IMAGE', message);

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/**
 * Whether a file is what it is said to be, and how large a disk it unfolds to. Only its header is read, by this code:
 * no program that could be led astray is let near a stranger's file. The format is told, never guessed.
 * @throws CommandFailure INVALID_IMAGE for another format, or a QCOW2 that would have QEMU open other files
 */
export async function inspectImage(
  file: FileHandle,
  format: ImageFormat,
): Promise<{ virtualSizeBytes: bigint }> {
  const { size } = await file.stat({ bigint: true });
  switch (format) {
    case 'QCOW2':
      return { virtualSizeBytes: readQcow2(await readAt(file, 0, qcow2.headerBytes)) };
    case 'ISO': {
      const identifier = await readAt(file, isoIdentifierOffset, 5);
      if (identifier.toString('latin1') !== 'CD001') throw refused('the file is no ISO 9660 image');
      return { virtualSizeBytes: size };
    }
    case 'RAW': {
      const start = await readAt(file, 0, 4);
      if (start.length === 4 && start.readUInt32BE(0) === qcow2.magic)
        throw refused('the file is a QCOW2 image, not a raw one');
      if (size === 0n || size % 512n !== 0n)
        throw refused('the file is no raw disk: its size is not a multiple of 512 bytes');
      return { virtualSizeBytes: size };
    }
  }
}

function readQcow2(header: Buffer): bigint {
  if (header.length < 72 || header.readUInt32BE(0) !== qcow2.magic)
    throw refused('the file is no QCOW2 image');
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw refused(`QCOW2 version ${version} is not known`);
  if (header.readBigUInt64BE(qcow2.backingFileOffset) !== 0n) {
    throw refused('the image names a backing file; only self-contained images are taken');
  }
  if (header.readUInt32BE(qcow2.encryptionOffset) !== 0) throw refused('the image is encrypted');
  if (version === 3) {
    if (header.length < qcow2.headerBytes) throw refused('the QCOW2 header is cut short');
    const features = header.readBigUInt64BE(qcow2.incompatibleFeaturesOffset);
    if ((features & externalDataFile) !== 0n) {
      throw refused('the image keeps its data in another file; only self-contained images are taken');
    }
    if ((features & ~harmlessFeatures) !== 0n)
      throw refused('the image is marked corrupt, or needs features that are not known');
  }
  const virtualSize = header.readBigUInt64BE(qcow2.virtualSizeOffset);
  if (virtualSize === 0n) throw refused('the disk inside is empty');
  return virtualSize;
}
