import { readFile, writeFile } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

// Offsets in the setup header: https://docs.kernel.org/arch/x86/boot.html
const setupSectorsOffset = 0x1f1;
const payloadStartOffset = 0x248;
const payloadLengthOffset = 0x24c;
const sectorBytes = 512;
const lz4LegacyMagic = 0x184c2102;

/**
 * Unpacks the ELF kernel from a bzImage. QEMU boots it directly (PVH), which spares an emulated machine the
 * unpacking; on the other hand such a kernel finds no VGA text screen.
 */
export async function unpackKernel(bzImage: string, vmlinux: string): Promise<void> {
  const image = await readFile(bzImage);
  const protectedModeCode = (image.readUInt8(setupSectorsOffset) + 1) * sectorBytes;
  const start = protectedModeCode + image.readUInt32LE(payloadStartOffset);
  const end = start + image.readUInt32LE(payloadLengthOffset);
  if (image.readUInt32LE(start) !== lz4LegacyMagic) {
    throw new Error(`The kernel ${bzImage} is not packed by LZ4, the only way known here.`);
  }
  const packed = `${vmlinux}.lz4`;
  // The payload's last four bytes are its unpacked length, which the lz4 program does not know.
  await writeFile(packed, image.subarray(start, end - 4));
  await runProgram('lz4', ['-d', '-q', '--rm', packed, vmlinux]);
}
