import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const kernelPackage = 'linux-image-cloud-amd64';
const programPackages = ['busybox-static', 'qemu-guest-agent', 'e2fsprogs'];

/** The Debian packages the guest is made of, as the build machine's package lists offer them now. */
export interface GuestPackages {
  /** What `apt-get download` is asked for. */
  names: string[];
  /** One line per package file with its version and hash; it changes when a package does. */
  fingerprint: string;
}

/**
 * Tries again with new package lists, if root may fetch them: the machine may have none, or lists that name files
 * which the mirror has no more.
 */
async function withNewListsIfNeeded<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await runProgram('apt-get', ['update', '-qq']);
    return action();
  }
}

/** Finds the kernel, the guest's programs and the libraries these depend on, without the network where it can. */
export function findGuestPackages(): Promise<GuestPackages> {
  return withNewListsIfNeeded(findInLists);
}

async function findInLists(): Promise<GuestPackages> {
  const listing = await runProgram(
    'apt-cache',
    ['depends', '--recurse', '--important'].concat(kernelPackage, programPackages),
  );
  const [kernel] = dependenciesOf(kernelPackage, listing);
  if (!kernel) {
    throw new Error(`The package lists know no kernel behind ${kernelPackage}; run apt-get update.`);
  }
  const names = new Set([kernel, ...programPackages]);
  for (const name of names) {
    for (const dependency of dependenciesOf(name, listing)) {
      // Other dependencies are of the packages' install scripts, which never run here.
      if (/^z?lib/.test(dependency)) names.add(dependency);
    }
  }
  const fingerprint = await runProgram('apt-get', ['download', '--print-uris', ...names]);
  return { names: [...names], fingerprint };
}

/** Downloads packages with apt, which checks their hashes, and unpacks all of them into one folder. */
export async function unpackPackages(packages: GuestPackages, folder: string): Promise<void> {
  const downloads = `${folder}.downloads`;
  await Promise.all([mkdir(folder), mkdir(downloads)]);
  // As root apt would download as the user _apt, who may not write here, and warn about it.
  const download = ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...packages.names];
  await withNewListsIfNeeded(() => runProgram('apt-get', download, { cwd: downloads }));
  for (const file of await readdir(downloads)) {
    await runProgram('dpkg-deb', ['--extract', join(downloads, file), folder]);
  }
}

/** Reads one package's block of the listing: its name on a line, then lines such as `  Depends: libc6`. */
function dependenciesOf(name: string, listing: string): string[] {
  const lines = listing.split('\n');
  const start = lines.indexOf(name) + 1;
  if (start === 0) return [];
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith(' '));
  return lines.slice(start, end).flatMap((line) => /^ [ |](?:Pre)?Depends: ([^<]+)$/.exec(line)?.[1] ?? []);
}
