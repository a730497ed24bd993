import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Where Debian's package `grub-pc-bin` has GRUB for BIOS. */
export const grubFolder = '/usr/lib/grub/i386-pc';

/**
 * What the guest's kernel is started with, also by those who boot it without a boot loader. The screen and the
 * serial port both show its messages, and the screen has no blinking cursor. Memory that is plugged in is used.
 * The rest is for emulated machines: without the self-tests of the ciphers the kernel is up half a second earlier,
 * without questions to the BIOS about its disks a little, and the clock is not doubted when the host is busy.
 */
export const guestKernelArguments = [
  'console=tty0',
  'console=ttyS0',
  'quiet',
  'loglevel=3',
  'vt.global_cursor_default=0',
  'edd=off',
  'cryptomgr.notests',
  'mitigations=off',
  'nokaslr',
  'no_timer_check',
  'tsc=reliable',
  'memhp_default_state=online',
].join(' ');

/** One of the two ways in which a BIOS starts GRUB. */
type BootMedium = 'disk' | 'iso';

// `linux16` and not `linux`, which moves the kernel's 54 MB byte by byte: two seconds in an emulated machine.
const media = {
  disk: {
    format: 'i386-pc',
    prefix: '(,msdos1)/boot',
    modules: ['biosdisk', 'part_msdos', 'ext2', 'linux16'],
  },
  iso: { format: 'i386-pc-eltorito', prefix: '/boot', modules: ['biosdisk', 'iso9660', 'linux16'] },
} as const satisfies Record<BootMedium, object>;

/**
 * Makes a GRUB that starts `/boot/vmlinuz` with `/boot/initrd` of its medium at once: it has no menu and reads no
 * configuration and no further modules.
 *
 * @param work a folder for the parts
 * @param image the file to make, for a hard disk without the first sector
 */
export async function makeBootLoader(medium: BootMedium, work: string, image: string): Promise<void> {
  const { format, prefix, modules } = media[medium];
  const configuration = join(work, `grub-${medium}.cfg`);
  await writeFile(
    configuration,
    `linux16 /boot/vmlinuz ${guestKernelArguments}\ninitrd16 /boot/initrd\nboot\n`,
  );
  const settings = ['--format', format, '--prefix', prefix, '--config', configuration, '--output', image];
  await runProgram('grub-mkimage', [...settings, ...modules]);
}
