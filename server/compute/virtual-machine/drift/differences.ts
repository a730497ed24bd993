import type { MachineDefinition } from '@nephos/agent-protocol/inventory.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { formatBytes } from '@nephos/model/kernel/units.ts';
import type { MachineDifference } from '@nephos/model/shapes/machine-difference.ts';

/** What a running machine should be made of. */
export interface ExpectedDefinition {
  cpuCount: number;
  /** With its headroom. */
  memoryBytes: bigint;
  volumeIds: readonly Id<'Volume'>[];
  nics: readonly { macAddress: string; bridge: string }[];
  /** `undefined`: where its disc lies is not known. */
  isoPath: string | null | undefined;
}

type Text = readonly [field: MachineDifference['field'], expected: string, found: string];

const listed = (things: readonly string[]) => (things.length === 0 ? 'none' : [...things].sort().join(', '));

const cardText = ({ macAddress, bridge }: { macAddress: string; bridge: string | null }) =>
  `${macAddress} on ${bridge ?? 'no bridge'}`;

/** In what a machine is otherwise on its host than it should be. */
export function differencesOf(expected: ExpectedDefinition, found: MachineDefinition): MachineDifference[] {
  const texts: Text[] = [
    ['CPU_COUNT', String(expected.cpuCount), String(found.cpuCount)],
    ['MEMORY', formatBytes(expected.memoryBytes), formatBytes(found.memoryBytes)],
    ['DISKS', listed(expected.volumeIds), listed(found.disks.map(({ volumeId, path }) => volumeId ?? path))],
    ['NICS', listed(expected.nics.map(cardText)), listed(found.nics.map(cardText))],
    ['ISO', expected.isoPath ?? 'none', found.isoPath ?? 'none'],
  ];
  return texts
    .filter(([field, wanted, is]) => wanted !== is && (field !== 'ISO' || expected.isoPath !== undefined))
    .map(([field, wanted, is]) => ({ field, expected: wanted, found: is }));
}
