import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { grubFolder, makeBootLoader } from './boot-loader.ts';
import { fixedSeconds, stampTimes } from './fixed-time.ts';
import { runProgram } from './run-program.ts';

const compress = promisify<Buffer, Buffer>(gzip);

/** What the installer disc carries. */
interface InstallerParts {
  /** Path of the kernel, which starts both the installer and the installed system. */
  bzImage: string;
  /** The installer's initial RAM disk. */
  installerInitrd: Buffer;
  /** The installed system's initial RAM disk. */
  initrd: Buffer;
  /** The installed system's files as a cpio archive. */
  root: Buffer;
}

/**
 * Makes the installer disc, which a BIOS boots (El Torito).
 *
 * @param work an empty folder for the parts
 */
export async function makeInstallerIso(parts: InstallerParts, work: string, iso: string): Promise<void> {
  const tree = join(work, 'tree');
  await mkdir(join(tree, 'boot'), { recursive: true });
  await mkdir(join(tree, 'system'));
  await copyFile(parts.bzImage, join(tree, 'boot/vmlinuz'));
  await writeFile(join(tree, 'boot/initrd'), await compress(parts.installerInitrd));
  await writeFile(join(tree, 'system/initrd.gz'), await compress(parts.initrd));
  await writeFile(join(tree, 'system/root.cpio.gz'), await compress(parts.root));
  await copyFile(join(grubFolder, 'boot.img'), join(tree, 'system/boot.img'));
  await makeBootLoader('disk', work, join(tree, 'system/core.img'));
  await makeBootLoader('iso', work, join(tree, 'boot/eltorito.img'));
  await stampTimes(tree);
  await runProgram(
    'xorriso',
    ['-as', 'mkisofs', '-quiet', '-R', '-V', 'NEPHOS_TINY', '-o', iso]
      .concat(['-b', 'boot/eltorito.img', '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'])
      .concat([tree]),
    { env: { SOURCE_DATE_EPOCH: fixedSeconds } },
  );
}
