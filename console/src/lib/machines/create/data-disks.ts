/** A data disk of a new machine, as it was chosen. */
export interface ChosenDisk {
  diskOfferingId: string;
  /** GiB, as it was typed; counts for an offering of free size alone. */
  gib: string;
}

/** A data disk, once its offering is known. */
export interface KnownDisk extends ChosenDisk {
  hasFreeSize: boolean;
}

export interface DataDiskInput {
  diskOfferingId: string;
  size?: number;
}

/** More than these the server refuses. */
export const mostDataDisks = 14;

const gibBytes = 1024 ** 3;

/** Whether a size in GiB is one: whole, and 1 or more. */
export const isGibRight = (gib: string): boolean => /^[1-9]\d{0,5}$/.test(gib.trim());

export const isDiskRight = ({ diskOfferingId, gib, hasFreeSize }: KnownDisk): boolean =>
  diskOfferingId !== '' && (!hasFreeSize || isGibRight(gib));

export function dataDisksInput(disks: readonly KnownDisk[]): DataDiskInput[] {
  return disks.map(({ diskOfferingId, gib, hasFreeSize }) => ({
    diskOfferingId,
    ...(hasFreeSize && { size: Number(gib.trim()) * gibBytes }),
  }));
}
