/** A disk of a machine that is none of ours. */
export interface ForeignDisk {
  path: string;
  format: 'QCOW2' | 'RAW' | 'OTHER';
  /** As its guest sees it, in bytes; `null` when nobody can tell. */
  sizeBytes: string | null;
  bus: string;
}

/** A network card of a machine that is none of ours. */
export interface ForeignNic {
  macAddress: string;
  /** `null`: it is plugged into something else. */
  bridge: string | null;
}
