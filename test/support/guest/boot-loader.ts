import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Where Debian's package `grub-pc-bin` has GRUB for BIOS. */
export const grubFolder = '/usr/lib/grub/i386-pc';

/**
 * What the guest's kernel is started with, also by those who boot it without a boot loader. The screen and the
 * serial port both show its messages, and the screen has no blinking cursor. The rest is for emulated machines:
 * without the self-tests of the ciphers the kernel is up half a second earlier, and the clock is not doubted when
 * the host is busy.
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
export type BootMedium = 'disk' | 'iso';

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
 */
export async function makeBootLoader(medium: BootMedium, image: string): Promise<void> {
  const { format, prefix, modules } = media[medium];
  const configuration = join(dirname(image), `grub-${medium}.cfg`);
  await writeFile(
    configuration,
    `linux16 /boot/vmlinuz ${guestKernelArguments}\ninitrd16 /boot/initrd\nboot\n`,
  );
  const settings = ['--format', format, '--prefix', prefix, '--config', configuration, '--output', image];
  await runProgram('grub-mkimage', [...settings, ...modules]);
}
