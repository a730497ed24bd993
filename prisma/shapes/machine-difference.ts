/** One thing in which a machine is otherwise on its host than it should be. */
export interface MachineDifference {
  field: 'CPU_COUNT' | 'MEMORY' | 'DISKS' | 'NICS' | 'ISO';
  /** For people. */
  expected: string;
  found: string;
}
