import { describe, expect, it } from 'vitest';
import { areCpusRight, isMemoryRight, sizeInput, sizeOf, type OfferedSize } from './chosen-size.ts';

const gib = 1024 ** 3;
const fixed: OfferedSize = { cpuCount: 2, maxCpuCount: null, memory: 2 * gib, maxMemory: null };
const free: OfferedSize = { cpuCount: 1, maxCpuCount: 4, memory: gib, maxMemory: 8 * gib };

describe('a chosen size', () => {
  it('has nothing to say where an offering leaves no choice', () => {
    const typed = { cpus: '3', memoryMib: '4096' };
    expect(sizeInput(fixed, typed)).toEqual({});
    expect(sizeOf(fixed, typed)).toEqual({ cpuCount: 2, memory: 2 * gib });
  });

  it('is the least where nothing was typed', () => {
    expect(sizeInput(free, { cpus: ' ', memoryMib: '' })).toEqual({});
    expect(sizeOf(free, { cpus: '', memoryMib: '3072' })).toEqual({ cpuCount: 1, memory: 3 * gib });
  });

  it.each([
    ['0', false],
    ['1', true],
    ['4', true],
    ['5', false],
    ['1.5', false],
    ['many', false],
  ])('%s processors of 1 to 4: %s', (cpus, isRight) => {
    expect(areCpusRight(free, { cpus, memoryMib: '' })).toBe(isRight);
  });

  it('keeps memory within its bounds', () => {
    const isRight = (memoryMib: string) => isMemoryRight(free, { cpus: '', memoryMib });
    expect(['1023', '1024', '8192', '8193'].map(isRight)).toEqual([false, true, true, false]);
  });
});
