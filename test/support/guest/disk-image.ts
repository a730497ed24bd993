import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grubFolder, makeBootLoader } from './boot-loader.ts';
import { fixedSeconds } from './fixed-time.ts';
import { runProgram } from './run-program.ts';

const mebibyte = 1024 * 1024;
const sectorBytes = 512;
const diskBytes = 128 * mebibyte;
/** GRUB lies between the partition table and this. */
const partitionStart = mebibyte;
const linuxPartition = 0x83;
/** Features of ext4 that newer versions of mke2fs turn on, and with which GRUB 2.06 does not boot. */
const featuresUnknownToGrub = '^orphan_file,^metadata_csum_seed';
/** The first sector's code; the partition table follows at byte 446. */
const bootCodeBytes = 440;

/**
 * Makes the guest's disk: a partition table, GRUB, and an ext4 file system labelled `nephos` with the files of a
 * folder.
 *
 * @param work an empty folder for the parts
 */
export async function makeDiskImage(root: string, work: string, diskImage: string): Promise<void> {
  const raw = join(work, 'disk.raw');
  await writeFile(raw, '');
  await truncate(raw, diskBytes);
  await makeFileSystem(root, work, raw);
  await writeBootSectors(work, raw);
  await runProgram('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-c', raw, diskImage]);
}

async function makeFileSystem(root: string, work: string, raw: string): Promise<void> {
  // Fixed identifiers and times: the same files give the same image.
  const uuid = '6e657068-6f73-4000-8000-000000000001';
  const env = { E2FSPROGS_FAKE_TIME: fixedSeconds };
  const kibibytes = (diskBytes - partitionStart) / 1024;
  await runProgram(
    'mke2fs',
    ['-q', '-F', '-t', 'ext4', '-O', featuresUnknownToGrub, '-b', '4096', '-N', '8192']
      .concat(['-L', 'nephos', '-U', uuid])
      .concat(['-E', `offset=${partitionStart},hash_seed=${uuid},root_owner=0:0`])
      .concat(['-d', root, raw, `${kibibytes}k`]),
    { env },
  );
  // mke2fs copies the one time that no program can set on a file.
  const paths = await readdir(root, { recursive: true });
  const commands = join(work, 'debugfs-commands');
  await writeFile(
    commands,
    paths.map((path) => `set_inode_field "/${path}" ctime @${fixedSeconds}\n`).join(''),
  );
  await runProgram('debugfs', ['-w', '-f', commands, `${raw}?offset=${partitionStart}`], { env });
}

async function writeBootSectors(work: string, raw: string): Promise<void> {
  const core = join(work, 'core.img');
  await makeBootLoader('disk', work, core);
  const firstSector = Buffer.alloc(sectorBytes);
  (await readFile(join(grubFolder, 'boot.img'))).copy(firstSector, 0, 0, bootCodeBytes);
  partitionEntry().copy(firstSector, 446);
  firstSector.writeUInt16LE(0xaa55, 510);
  await using disk = await open(raw, 'r+');
  await disk.write(Buffer.concat([firstSector, await readFile(core)]), 0, undefined, 0);
}

function partitionEntry(): Buffer {
  const entry = Buffer.alloc(16);
  const active = 0x80;
  // Cylinder, head and sector numbers that say: only the linear numbers count.
  const beyondCylinders = [0xfe, 0xff, 0xff];
  Buffer.from([active, ...beyondCylinders, linuxPartition, ...beyondCylinders]).copy(entry);
  entry.writeUInt32LE(partitionStart / sectorBytes, 8);
  entry.writeUInt32LE((diskBytes - partitionStart) / sectorBytes, 12);
  return entry;
}
