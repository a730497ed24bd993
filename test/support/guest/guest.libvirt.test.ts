import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { guestKernelArguments } from './boot-loader.ts';
import { buildGuestImages, type GuestImages } from './guest-images.ts';
import { publishedFolder } from './published-folder.ts';
import { QemuMachine } from './qemu-machine.ts';

const execute = promisify(execFile);
const cache = join(import.meta.dirname, '../../../.cache/guest-images');
const log = (line: string) => console.log(line);

let images: GuestImages;
let folder: string;

// Longer than a machine is given.
vi.setConfig({ testTimeout: 240_000 });

beforeAll(async () => {
  images = await buildGuestImages({ folder: cache, log });
  folder = await mkdtemp(join(tmpdir(), 'nephos-guest-test-'));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('two builds at the same time give the same images', async () => {
  const parent = join(folder, 'built');
  const both = await Promise.all([
    buildGuestImages({ folder: parent, log }),
    buildGuestImages({ folder: parent, log }),
  ]);
  expect(both[0]).toEqual(both[1]);
  for (const kind of ['kernel', 'bzImage', 'initrd', 'diskImage', 'installerIso'] as const) {
    expect(await digestOf(both[0][kind]), kind).toBe(await digestOf(images[kind]));
  }
});

test('a build that was not finished is not used', async () => {
  const parent = join(folder, 'unfinished');
  const cutOff = publishedFolder(parent, 'images', async (target) => {
    await writeFile(join(target, 'half'), '');
    throw new Error('cut off');
  });
  await expect(cutOff).rejects.toThrow('cut off');
  const whole = await publishedFolder(parent, 'images', (target) => writeFile(join(target, 'whole'), ''));
  expect(await readdir(whole)).toEqual(['whole']);
});

test('the installer makes an empty disk a system that counts its starts and heeds the power button', async () => {
  const args = driveOf(await emptyDisk('installed.qcow2', '1G'));
  {
    const withDisc = [...args, '-cdrom', images.installerIso];
    await using machine = await QemuMachine.start({ memoryMb: 256, args: withDisc });
    await machine.serialShows('Copying the system');
    const screen = await machine.screen();
    expect(shareOf(screen, blue)).toBeGreaterThan(0.8);
    expect(shareOf(screen, white)).toBeGreaterThan(0.01);
    expect(await machine.exited).toBe(0);
  }
  for (const boots of ['1', '2']) {
    await using machine = await QemuMachine.start({ memoryMb: 128, args, hostname: 'web1' });
    const expected = { hostname: 'web1', ip: '10.0.2.15', mac: '52:54:00:12:34:56', boots };
    expect(await machine.page()).toEqual(expected);
    await machine.qmp('system_powerdown');
    expect(await machine.exited).toBe(0);
  }
});

test.each([
  { disks: 'no disk', size: undefined, says: 'No disk was found' },
  { disks: 'too small a disk', size: '32M', says: 'too small' },
])('the installer says so and waits with $disks', async ({ size, says }) => {
  const drive = size ? driveOf(await emptyDisk('small.qcow2', size)) : [];
  const args = [...drive, '-cdrom', images.installerIso];
  await using machine = await QemuMachine.start({ memoryMb: 256, args });
  await machine.serialShows(says);
  expect(shareOf(await machine.screen(), red)).toBeGreaterThan(0.8);
  await machine.qmp('system_powerdown');
  expect(await machine.exited).toBe(0);
});

test('the disk image keeps what is written, through a restart and into its copies', async () => {
  const disk = await overlayOf(images.diskImage, 'kept.qcow2');
  {
    await using machine = await QemuMachine.start({ memoryMb: 128, args: driveOf(disk) });
    expect(await machine.page()).toMatchObject({ hostname: 'nephos', boots: '1' });
    await machine.run('echo remembered >/data/note');
    await machine.agent('guest-exec', { path: '/sbin/shutdown', arg: ['-r'] });
    await vi.waitUntil(async () => (await machine.page().catch(() => undefined))?.boots === '2', 180_000);
    await machine.agent('guest-shutdown').catch(() => undefined);
    expect(await machine.exited).toBe(0);
  }
  const copy = await overlayOf(disk, 'copy.qcow2');
  await using machine = await QemuMachine.start({ memoryMb: 128, args: driveOf(copy) });
  expect(await machine.page()).toMatchObject({ boots: '3' });
  expect(await machine.run('cat /data/note')).toBe('remembered\n');
});

test('the screen stands still until a key is pressed', async () => {
  const disk = await overlayOf(images.diskImage, 'screen.qcow2');
  await using machine = await QemuMachine.start({ memoryMb: 128, args: driveOf(disk) });
  await machine.serialShows('root@nephos');
  let before = await machine.screen();
  // What it says as it comes up may still be on its way to the screen.
  await vi.waitUntil(async () => {
    const earlier = before;
    await sleep(1500);
    before = await machine.screen();
    return before.equals(earlier);
  }, 60_000);
  await machine.press('a');
  await vi.waitUntil(async () => !before.equals(await machine.screen()), 60_000);
});

test('a seed disc gives the hostname and runs user data', async () => {
  const seed = await makeSeed({
    'meta-data': 'instance-id: 1\nlocal-hostname: seeded\n',
    'user-data': '#!/bin/sh\nhostname >/data/from-user-data\n',
  });
  const drive = driveOf(await overlayOf(images.diskImage, 'seeded.qcow2'));
  const args = [...drive, '-cdrom', seed];
  await using machine = await QemuMachine.start({ memoryMb: 128, args, hostname: 'from-dhcp' });
  expect(await machine.page()).toMatchObject({ hostname: 'seeded' });
  await machine.serialShows('is ready');
  expect(await machine.run('cat /data/from-user-data')).toBe('seeded\n');
});

test.each(['kernel', 'bzImage'] as const)('the %s starts without a disk', async (kind) => {
  const args = ['-kernel', images[kind], '-initrd', images.initrd, '-append', guestKernelArguments];
  await using machine = await QemuMachine.start({ memoryMb: 128, args, hostname: 'diskless' });
  expect(await machine.page()).toMatchObject({ hostname: 'diskless', boots: '1' });
  await machine.qmp('system_powerdown');
  expect(await machine.exited).toBe(0);
});

const blue = [0, 0, 0xa8];
const red = [0xa8, 0, 0];
const white = [0xfc, 0xfc, 0xfc];

/** The share of the pixels that have a colour, each part of which VGA gives in 64 steps. */
function shareOf(screen: Buffer, colour: readonly number[]): number {
  let pixels = 0;
  for (let at = 0; at < screen.length; at += 3) {
    if (colour.every((part, index) => (screen[at + index]! & 0xfc) === part)) pixels += 1;
  }
  return (pixels * 3) / screen.length;
}

function driveOf(disk: string): string[] {
  return ['-drive', `file=${disk},if=virtio`];
}

async function emptyDisk(name: string, size: string): Promise<string> {
  const disk = join(folder, name);
  await execute('qemu-img', ['create', '-f', 'qcow2', disk, size]);
  return disk;
}

async function overlayOf(backing: string, name: string): Promise<string> {
  const disk = join(folder, name);
  await execute('qemu-img', ['create', '-f', 'qcow2', '-b', backing, '-F', 'qcow2', disk]);
  return disk;
}

async function makeSeed(files: Record<string, string>): Promise<string> {
  const tree = join(folder, 'seed');
  await mkdir(tree);
  for (const [name, content] of Object.entries(files)) await writeFile(join(tree, name), content);
  await execute('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-V', 'cidata', '-o', `${tree}.iso`, tree]);
  return `${tree}.iso`;
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
