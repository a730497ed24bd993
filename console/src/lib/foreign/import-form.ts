import type { ForeignMachine, OfferedSize } from './foreign-queries.ts';

/** Where a card is to be, as a form has it; what is empty the server chooses. */
export interface TypedNic {
  macAddress: string;
  bridge: string | null;
  networkId: string;
  ipAddress: string;
}

export const typedNics = ({ nics }: ForeignMachine): TypedNic[] =>
  nics.map(({ macAddress, bridge }) => ({ macAddress, bridge, networkId: '', ipAddress: '' }));

/** Only cards of which something was said. */
export function nicsInput(nics: readonly TypedNic[]) {
  return nics
    .map(({ macAddress, networkId, ipAddress }) => ({
      macAddress,
      networkId: networkId === '' ? null : networkId,
      ipAddress: ipAddress.trim() === '' ? null : ipAddress.trim(),
    }))
    .filter(({ networkId, ipAddress }) => networkId !== null || ipAddress !== null);
}

type Size = Pick<ForeignMachine, 'cpuCount' | 'memory' | 'power'>;

/** Offerings that a machine may count as: one that runs keeps what it has, any other gets what the offering says. */
export function fittingOfferings(
  { power, cpuCount, memory }: Size,
  offerings: readonly OfferedSize[],
): OfferedSize[] {
  if (power === 'OFF') return [...offerings];
  const isWithin = (value: number, least: number, most: number) => least <= value && value <= most;
  return offerings.filter(
    (offering) =>
      isWithin(cpuCount, offering.cpuCount, offering.maxCpuCount ?? offering.cpuCount) &&
      isWithin(Number(memory), Number(offering.memory), Number(offering.maxMemory ?? offering.memory)),
  );
}
