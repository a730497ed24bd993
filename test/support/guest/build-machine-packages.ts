/** The Debian packages the build machine needs, beside Debian's own apt and dpkg, to build the guest images. */
export const guestBuildPackages = [
  'e2fsprogs',
  'grub-common',
  'grub-pc-bin',
  'lz4',
  'qemu-utils',
  'xorriso',
] as const;
