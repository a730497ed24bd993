import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { guestBuildPackages } from './build-machine-packages.ts';
import { packCpio } from './cpio-archive.ts';
import { findGuestPackages, type GuestPackages, unpackPackages } from './debian-packages.ts';
import { makeDiskImage } from './disk-image.ts';
import { stampTimes } from './fixed-time.ts';
import { makeInstallerIso } from './installer-iso.ts';
import { unpackKernel } from './kernel-image.ts';
import { installModules } from './kernel-modules.ts';
import { installProgram, installShell, linkCommands } from './programs.ts';
import { publishedFolder } from './published-folder.ts';
import { runProgram } from './run-program.ts';

/** Paths of the images of a tiny Linux. They are shared: run machines on copies or overlays of the disk. */
export interface GuestImages {
  /** The kernel as an ELF file, which QEMU's `-kernel` starts directly (PVH); it shows nothing on the VGA screen. */
  kernel: string;
  /** The same kernel as a bzImage, which also uses the VGA screen and starts hardly later. */
  bzImage: string;
  /** To go with either kernel: runs from a disk labelled `nephos` or, without one, from memory. */
  initrd: string;
  /** A disk that boots by BIOS, as qcow2. */
  diskImage: string;
  /** A disc that boots by BIOS, installs the same system to the first disk and powers off. */
  installerIso: string;
}

/** How the guest images are built. */
interface GuestImagesSettings {
  /** Where the images are kept; a later call with the same inputs finds them there. */
  folder: string;
  /** Told what is being done, when something has to be done. */
  log: (line: string) => void;
}

const sources = import.meta.dirname;

/**
 * Builds the images of a tiny Linux for tests, or finds them built. They are made from Debian packages that apt
 * downloads, and nothing else; the build machine is an x86-64 Debian with the packages in
 * {@link guestBuildPackages} and with package lists (`apt-get update`).
 */
export async function buildGuestImages({ folder, log }: GuestImagesSettings): Promise<GuestImages> {
  const packages = await findGuestPackages();
  const digest = await digestOfInputs(packages);
  const images = await publishedFolder(resolve(folder), digest, (target, scratch) => {
    log(`Building the guest images in ${join(folder, digest)}`);
    return build(packages, imagesIn(target), scratch);
  });
  return imagesIn(images);
}

function imagesIn(folder: string): GuestImages {
  return {
    kernel: join(folder, 'vmlinux'),
    bzImage: join(folder, 'bzImage'),
    initrd: join(folder, 'initrd'),
    diskImage: join(folder, 'disk.qcow2'),
    installerIso: join(folder, 'installer.iso'),
  };
}

async function digestOfInputs(packages: GuestPackages): Promise<string> {
  const hash = createHash('sha256');
  hash.update(packages.fingerprint);
  hash.update(await runProgram('dpkg-query', ['--show', ...guestBuildPackages]));
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`${file.slice(sources.length)}\0`);
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function build(offered: GuestPackages, images: GuestImages, scratch: string): Promise<void> {
  const packages = join(scratch, 'packages');
  await unpackPackages(offered, packages);
  await copyFile(await findKernel(packages), images.bzImage);

  const root = await makeRoot(packages, join(scratch, 'root'));
  const rootArchive = await packCpio(root);
  const initrd = await packCpio(await makeInitrd(packages, join(scratch, 'initrd')));
  const installerInitrd = await packCpio(await makeInstaller(packages, join(scratch, 'installer')));
  await writeFile(images.initrd, Buffer.concat([initrd, rootArchive]));

  const boot = join(root, 'boot');
  await mkdir(boot);
  await copyFile(images.bzImage, join(boot, 'vmlinuz'));
  await writeFile(join(boot, 'initrd'), initrd);
  await stampTimes(root);

  const [forDisk, forIso] = [join(scratch, 'disk'), join(scratch, 'iso')];
  await Promise.all([mkdir(forDisk), mkdir(forIso)]);
  const installerParts = { bzImage: images.bzImage, installerInitrd, initrd, root: rootArchive };
  await Promise.all([
    unpackKernel(images.bzImage, images.kernel),
    makeDiskImage(root, forDisk, images.diskImage),
    makeInstallerIso(installerParts, forIso, images.installerIso),
  ]);
}

async function findKernel(packages: string): Promise<string> {
  const boot = join(packages, 'boot');
  const kernel = (await readdir(boot)).find((name) => name.startsWith('vmlinuz-'));
  if (!kernel) throw new Error(`The kernel package has no kernel in ${boot}.`);
  return join(boot, kernel);
}

async function makeRoot(packages: string, root: string): Promise<string> {
  await makeTree(packages, root, 'rootfs');
  await linkCommands(packages, root);
  await installProgram(packages, root, 'usr/sbin/qemu-ga');
  await installModules(packages, root, ['scsi', 'power-button', 'network', 'channel', 'late']);
  return root;
}

async function makeInitrd(packages: string, root: string): Promise<string> {
  await makeTree(packages, root, 'initrd');
  await installModules(packages, root, ['virtio-disk', 'scsi']);
  return root;
}

async function makeInstaller(packages: string, root: string): Promise<string> {
  await makeTree(packages, root, 'installer');
  await installModules(packages, root, ['virtio-disk', 'scsi', 'power-button']);
  await installProgram(packages, root, 'sbin/mke2fs');
  return root;
}

/** Starts a system's root folder: our own files for it, busybox, and empty folders to mount on. */
async function makeTree(packages: string, root: string, ownFiles: string): Promise<void> {
  await cp(join(sources, ownFiles), root, { recursive: true });
  for (const folder of ['data', 'dev', 'mnt', 'proc', 'root', 'run', 'sbin', 'sys', 'tmp']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyFile(join(sources, 'rootfs/sbin/load-modules'), join(root, 'sbin/load-modules'));
  await installShell(packages, root);
}
