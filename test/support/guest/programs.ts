import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';

const libraryFolder = 'lib/x86_64-linux-gnu';
const loader = 'lib64/ld-linux-x86-64.so.2';

/** Copies busybox, which is one static program, as a shell that finds its other commands in itself. */
export async function installShell(packages: string, root: string): Promise<void> {
  await copyInto(root, 'bin/busybox', join(packages, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
}

/** Makes a link to busybox for each command it can be called as, for programs other than its shell. */
export async function linkCommands(packages: string, root: string): Promise<void> {
  const busybox = join(packages, 'bin/busybox');
  const names = (await runProgram(busybox, ['--list'])).trim().split('\n');
  for (const name of names.filter((name) => name !== 'busybox' && name !== 'sh')) {
    await symlink('busybox', join(root, 'bin', name));
  }
}

/** Copies a program with the shared libraries it needs, all from the unpacked packages. */
export async function installProgram(packages: string, root: string, program: string): Promise<void> {
  await copyInto(root, program, join(packages, program));
  const searched = [libraryFolder, join('usr', libraryFolder)].map((folder) => join(packages, folder));
  const packagedLoader = join(packages, libraryFolder, 'ld-linux-x86-64.so.2');
  await copyInto(root, loader, packagedLoader);
  const listing = await runProgram(packagedLoader, [
    '--inhibit-cache',
    '--library-path',
    searched.join(':'),
    '--list',
    join(packages, program),
  ]);
  for (const [, name, file] of listing.matchAll(/^\t(lib\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$/gm)) {
    if (!file!.startsWith(packages)) throw new Error(`${program} needs ${name!}, which no package brought.`);
    await copyInto(root, join(libraryFolder, name!), file!);
  }
}

async function copyInto(root: string, path: string, source: string): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}
