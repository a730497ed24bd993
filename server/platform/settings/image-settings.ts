import { networks, wholeNumber } from './definition.ts';

/** Templates, ISOs, and disks. */
export const imageSettings = {
  'secstorage.allowed.internal.sites': networks({
    description:
      'Private networks that templates and ISOs may be fetched from. All others are refused, the server itself included.',
    fallback: '',
  }),
  'image.max.bytes': wholeNumber({
    description: 'Largest template or ISO file, in bytes.',
    fallback: String(50 * 1024 ** 3),
    from: 1024 ** 2,
    to: 100 * 1024 ** 4,
  }),
  'image.max.virtual.bytes': wholeNumber({
    description: 'Largest disk that a template may unfold to, in bytes.',
    fallback: String(1024 ** 4),
    from: 1024 ** 2,
    to: 100 * 1024 ** 4,
  }),
  'storage.max.volume.gib': wholeNumber({
    description: 'Largest volume, in GiB.',
    fallback: '10240',
    from: 1,
    to: 1_000_000,
  }),
} as const;
