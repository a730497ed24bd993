import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';

/** What the price of a machine may depend on. */
export interface MachineFacts {
  serviceOfferingId: string;
  templateId: string | null;
  cpuCount: number;
  cpuMhz: number;
  memoryBytes: bigint;
  tags: unknown;
}

/** A machine as its usage events and its planned price describe it. */
export function machineAttributes(machine: MachineFacts): UsageAttributes {
  const { serviceOfferingId, templateId, cpuCount, cpuMhz, memoryBytes } = machine;
  const tags = machine.tags as Record<string, string>;
  return {
    offeringId: serviceOfferingId,
    ...(templateId !== null && { templateId }),
    cpuCount,
    cpuMhz,
    memoryBytes: memoryBytes.toString(),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

/** What the price of a disk may depend on. */
export interface DiskFacts {
  sizeBytes: bigint;
  diskOfferingId: string | null;
  imageId: string | null;
}

/** A disk as its usage events and its planned price describe it. */
export function diskAttributes({ sizeBytes, diskOfferingId, imageId }: DiskFacts): UsageAttributes {
  return {
    sizeBytes: sizeBytes.toString(),
    ...(diskOfferingId !== null && { offeringId: diskOfferingId }),
    ...(imageId !== null && { templateId: imageId }),
  };
}
