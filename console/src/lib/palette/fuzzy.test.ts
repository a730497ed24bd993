import { describe, expect, it } from 'vitest';
import { fit } from './fuzzy.ts';

describe('fit', () => {
  it('puts the same before what begins so, a word, a part, and letters that stand apart', () => {
    const labels = ['Zone plans', 'Timezones', 'Zones', 'All zones', 'Zo no es'];
    const order = [...labels].sort((one, other) => fit('zones', other) - fit('zones', one));
    expect(order).toEqual(['Zones', 'All zones', 'Timezones', 'Zo no es', 'Zone plans']);
  });

  it('finds what is abbreviated, in any case, and Chinese', () => {
    expect(fit('cvm', 'Create virtual machine')).toBeGreaterThan(0);
    expect(fit('VM', 'vm.snapshot.max')).toBe(0.9);
    expect(fit('实例', '虚拟机实例')).toBeGreaterThan(0);
  });

  it('does not find what lacks a letter, or has them in another order', () => {
    expect(fit('hosts', 'Zones')).toBe(0);
    expect(fit('enoz', 'Zone')).toBe(0);
  });
});
