import { z } from 'zod';
import { commandEnvelope, commandOutcome } from './commands.ts';
import { countField, idField } from './fields.ts';
import { machineObservation, powerState } from './machine.ts';
import { requestEnvelope } from './requests.ts';

/** Version of this protocol. A server refuses agents of another major number. */
export const protocolVersion = { major: 1, minor: 1 } as const;

/** What a driver can do; what it cannot is absent, not an error. */
export const driverCapabilities = z.strictObject({
  vncConsole: z.boolean(),
  gracefulStop: z.boolean(),
  dhcp: z.boolean(),
  antiSpoofing: z.boolean(),
  /** Since 1.1: machines may start by UEFI. */
  uefi: z.boolean().optional(),
  /** Since 1.1: a machine's serial port can be looked at and typed into. */
  serialConsole: z.boolean().optional(),
  /** Since 1.1: running machines move to another host of the same kind. */
  liveMigration: z.boolean().optional(),
  /** Since 1.1: machines have snapshots of their disks, and of their memory. */
  machineSnapshots: z.boolean().optional(),
  /** Since 1.1: machines of others are told of and taken over, and ours are let go of. */
  foreignMachines: z.boolean().optional(),
});

/** A hypervisor host, as its agent found it. */
export const hostFacts = z.strictObject({
  hostname: z.string().max(255),
  driver: z.enum(['libvirt', 'simulator']),
  hypervisor: z.enum(['KVM', 'SIMULATOR']),
  /** `kvm` where the processor runs guests, `tcg` where QEMU translates them; with the reason. */
  acceleration: z.enum(['kvm', 'tcg', 'none']),
  accelerationReason: z.string(),
  hypervisorVersion: z.string(),
  operatingSystem: z.string(),
  cpuModel: z.string(),
  cpuCores: z.int().positive(),
  cpuMhz: z.int().positive(),
  memoryBytes: countField,
  capabilities: driverCapabilities,
});
export type HostFacts = z.output<typeof hostFacts>;

export const hello = z.strictObject({
  protocol: z.strictObject({ major: z.int(), minor: z.int() }),
  softwareVersion: z.string().max(64),
  kind: z.enum(['HOST', 'STORAGE']),
  name: z.string().max(255),
  /** Host agents only. */
  host: z
    .strictObject({
      facts: hostFacts,
      /** Every machine of ours that the hypervisor knows, running or not. */
      machines: z.array(machineObservation),
      /** Until 1.0: names of machines that are none of ours; since 1.1 `inventoryChanged` tells of them. */
      strangers: z.array(z.string()).optional(),
    })
    .nullable(),
});
export type Hello = z.output<typeof hello>;

export const helloAnswer = z.strictObject({
  agentId: idField('Agent'),
  heartbeatSeconds: z.number().positive(),
  statisticsSeconds: z.number().positive(),
});
export type HelloAnswer = z.output<typeof helloAnswer>;

export const machineChanged = z.strictObject({
  machineId: idField('VirtualMachine'),
  power: powerState,
  /** What the hypervisor gave as the reason: `shutdown`, `destroyed`, `crashed`, `booted`. */
  reason: z.string(),
  /** How long ago it happened, by the agent's monotonic clock; its wall clock is not trusted. */
  ageMilliseconds: z.number().nonnegative(),
});
export type MachineChanged = z.output<typeof machineChanged>;

export const commandProgress = z.strictObject({
  commandId: z.string(),
  /** 0 to 100. */
  percent: z.number().min(0).max(100),
  detail: z.string().max(500),
});
export type CommandProgress = z.output<typeof commandProgress>;

export const commandFinished = z.strictObject({ commandId: z.string(), outcome: commandOutcome });
export type CommandFinished = z.output<typeof commandFinished>;

/** What the server sends an agent on its one subscription. */
export const instruction = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('COMMAND'), command: commandEnvelope }),
  /** Stop a command where it can be stopped; its outcome says whether that came in time. */
  z.strictObject({ type: z.literal('CANCEL'), commandId: z.string() }),
  z.strictObject({ type: z.literal('REQUEST'), request: requestEnvelope }),
]);
export type Instruction = z.output<typeof instruction>;
