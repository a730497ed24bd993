import { expect, it } from 'vitest';
import type { Image, ImageState } from './fragments.ts';
import { imageSize, imageState } from './image-state.ts';

const replica = (state: ImageState, size: number, virtualSize: number): Image['replicas'][number] => ({
  ...{ state, size: String(size), virtualSize: String(virtualSize), sha256: null },
  zone: { id: 'zone_1', name: 'north' },
});

it('an image is as far as the copy that can be used, and as large', () => {
  const image = { replicas: [replica('ERROR', 0, 0), replica('READY', 5, 8)] };
  expect(imageState(image)).toBe('READY');
  expect(imageSize(image, 'template')).toBe(8);
  expect(imageSize(image, 'iso')).toBe(5);
});

it('an image that can be used nowhere is as far as its first copy, of a size that is not known', () => {
  const image = { replicas: [replica('DOWNLOADING', 0, 0), replica('ERROR', 0, 0)] };
  expect(imageState(image)).toBe('DOWNLOADING');
  expect(imageSize(image, 'template')).toBeUndefined();
  expect(imageState({ replicas: [] })).toBe('NOT_DOWNLOADED');
});
