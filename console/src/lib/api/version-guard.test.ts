import { describe, expect, it } from 'vitest';
import { KnownVersions } from './version-guard.ts';

const machine = (version: number) => ({
  __typename: 'VirtualMachine',
  id: 'vm_1',
  version,
  state: 'RUNNING',
});

describe('KnownVersions', () => {
  it('finds what is older than what was seen, however deep it lies', () => {
    const versions = new KnownVersions();
    expect(versions.hasStale({ nodes: [machine(3)] })).toBe(false);
    expect(versions.hasStale({ nodes: [machine(3)] })).toBe(false);
    expect(versions.hasStale({ nodes: [{ host: machine(2) }] })).toBe(true);
    expect(versions.hasStale(machine(4))).toBe(false);
  });

  it('cuts what is older down to its id, and keeps the rest', () => {
    const versions = new KnownVersions();
    versions.hasStale(machine(3));
    const cut = versions.withoutStale({ job: { name: 'stop' }, virtualMachine: machine(2) });
    expect(cut).toEqual({
      job: { name: 'stop' },
      virtualMachine: { __typename: 'VirtualMachine', id: 'vm_1' },
    });
  });

  it('does not take an entry of the feed for the thing that it tells of', () => {
    const versions = new KnownVersions();
    versions.hasStale({ __typename: 'Change', id: 'vm_1', version: 9 });
    expect(versions.hasStale(machine(3))).toBe(false);
  });
});
