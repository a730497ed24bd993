import { describe, expect, it } from 'vitest';
import { fittingOfferings, nicsInput } from './import-form.ts';

const gib = 1024 ** 3;
const fixed = { id: 'off_1', name: 'small', cpuCount: 1, maxCpuCount: null, memory: gib, maxMemory: null };
const free = { ...fixed, id: 'off_2', name: 'free', maxCpuCount: 8, maxMemory: String(8 * gib) };

describe('offerings that a foreign machine may count as', () => {
  it('allow what a running one has', () => {
    const running = { power: 'ON' as const, cpuCount: 2, memory: 2 * gib };
    expect(fittingOfferings(running, [fixed, free])).toEqual([free]);
    expect(fittingOfferings({ ...running, cpuCount: 1, memory: gib }, [fixed, free])).toEqual([fixed, free]);
    expect(fittingOfferings({ ...running, memory: 16 * gib }, [fixed, free])).toEqual([]);
  });

  it('are all of them for one that is off', () => {
    expect(fittingOfferings({ power: 'OFF', cpuCount: 2, memory: 2 * gib }, [fixed, free])).toEqual([
      fixed,
      free,
    ]);
  });
});

it('says of cards only what was said', () => {
  const nic = { macAddress: '52:54:00:00:00:01', bridge: 'br0', networkId: '', ipAddress: '' };
  expect(nicsInput([nic])).toEqual([]);
  expect(nicsInput([nic, { ...nic, ipAddress: ' 10.1.1.9 ' }])).toEqual([
    { macAddress: nic.macAddress, networkId: null, ipAddress: '10.1.1.9' },
  ]);
});
