import { describe, expect, it } from 'vitest';
import {
  diskSizeInput,
  offeringInput,
  serviceSizeInput,
  typedOffering,
  typicalSize,
  wholeNumber,
  wrongSizes,
} from './offering-form.ts';

describe('the size of an offering', () => {
  it('is sent in bytes, and fixed where no most is given', () => {
    expect(wrongSizes(typicalSize())).toEqual([]);
    expect(serviceSizeInput(typicalSize())).toEqual({
      cpuCount: 1,
      maxCpuCount: null,
      cpuMhz: 1000,
      memory: 1024 ** 3,
      maxMemory: null,
      rootDiskSize: null,
      isScalableLive: false,
    });
  });

  it('may leave a range, whose most is not below its least', () => {
    const size = { ...typicalSize(), maxCpuCount: '4', maxMemoryMib: '2048', rootDiskGib: '10' };
    expect(serviceSizeInput(size)).toMatchObject({
      maxCpuCount: 4,
      maxMemory: 2 * 1024 ** 3,
      rootDiskSize: 10 * 1024 ** 3,
    });
    expect(wrongSizes({ ...size, cpuCount: '8', maxMemoryMib: '512' })).toEqual([
      'maxCpuCount',
      'maxMemoryMib',
    ]);
  });

  it('is made of whole numbers', () => {
    expect(['1', ' 20 ', '0', '1.5', '-1', 'two', ''].map(wholeNumber)).toEqual([
      1,
      20,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(wrongSizes({ ...typicalSize(), cpuMhz: '', rootDiskGib: 'big' })).toEqual([
      'cpuMhz',
      'rootDiskGib',
    ]);
    expect(diskSizeInput('')).toBeNull();
    expect(diskSizeInput('2')).toBe(2 * 1024 ** 3);
  });
});

it('an offering is called what it is named when nothing more is said', () => {
  const typed = { ...typedOffering(), name: ' fast ', storageTags: 'ssd，nvme' };
  expect(offeringInput(typed)).toEqual({
    name: 'fast',
    displayText: 'fast',
    storageTags: ['ssd', 'nvme'],
    zoneIds: [],
    domainIds: [],
  });
});
