import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { HostDriver } from './driver.ts';

type Disk = MachineSpec['disks'][number];

/** A driver under test, and what the contract needs of the world around it. */
export interface DriverUnderTest {
  driver: HostDriver;
  /** An empty directory for primary storage, and one for secondary. */
  primary: string;
  secondary: string;
  /** A QCOW2 image on secondary storage that a machine can be made from. */
  templatePath: string;
  /** A disc on secondary storage. */
  isoPath: string;
  /** What is on the disc that a machine's cloud-init reads; `null` when it has none. */
  readSeed(machineId: string): Promise<string | null>;
  /** Processors and memory that a running machine has. */
  readSize(machineId: string): Promise<{ cpuCount: number; memoryBytes: bigint }>;
  /** Hardware addresses of a machine's network cards. */
  readCards(machineId: string): Promise<string[]>;
  /** Writes something new to a disk that no machine runs on. */
  scribble(disk: Disk): Promise<void>;
  /** What of that is on it. */
  readDisk(disk: Disk): Promise<string>;
  /** Whether there is a system in its guests that lets go of a card. */
  guestsLetGo: boolean;
  /** Makes a machine by other means, and starts it: with this QCOW2 disk, which is made too, and no network card. */
  makeForeign(machine: { uuid: string; name: string; path: string; sizeBytes: bigint }): Promise<void>;
  /** Gives a running machine that many processors at the hypervisor, behind the driver's back. */
  setCpus(machineId: string, cpuCount: number): Promise<void>;
  /** Pulls a machine's plug at the hypervisor, behind the driver's back. */
  pullPlug(machineId: string): Promise<void>;
  close(): Promise<void>;
}
