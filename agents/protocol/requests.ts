import { z } from 'zod';
import { idField } from './fields.ts';
import { machineDefinition } from './inventory.ts';
import { machineCounters, machineObservation } from './machine.ts';
import { commandError } from './commands.ts';
import { hostCounters } from './statistics.ts';

/** The agent's monotonic clock: two of them tell the time between, as long as the agent was not started anew. */
const monotonic = z.number().nonnegative();

/** Questions that change nothing: not journalled, answered once or not at all, forgotten with the connection. */
export const requests = {
  /** Counters of some machines, read now. Machines that are off are left out. */
  'statistics.read': {
    payload: z.strictObject({ machineIds: z.array(idField('VirtualMachine')).max(1000) }),
    answer: z.strictObject({ readAtMilliseconds: monotonic, counters: z.array(machineCounters) }),
  },
  /** Counters of the host, read now. */
  'statistics.readHost': {
    payload: z.strictObject({}),
    answer: z.strictObject({ readAtMilliseconds: monotonic, counters: hostCounters }),
  },
  'machine.observe': {
    payload: z.strictObject({ machineId: idField('VirtualMachine') }),
    answer: machineObservation,
  },
  /** Since 1.1: what a running machine is made of, as the hypervisor has it now; `null` for one that does not run. */
  'machine.describe': {
    payload: z.strictObject({ machineId: idField('VirtualMachine') }),
    answer: z.strictObject({ definition: machineDefinition.nullable() }),
  },
  /** Connects the machine's VNC server, or its serial port, to `/tunnel/<tunnelId>` on the server's agent port. */
  'console.open': {
    payload: z.strictObject({
      machineId: idField('VirtualMachine'),
      /** Since 1.1; VNC when left out. */
      kind: z.enum(['VNC', 'SERIAL']).optional(),
      tunnelId: z.string().regex(/^[\w-]{20,64}$/),
    }),
    answer: z.strictObject({}),
  },
} as const;

export type RequestKind = keyof typeof requests;
export type RequestPayload<Kind extends RequestKind> = z.output<(typeof requests)[Kind]['payload']>;
export type RequestAnswer<Kind extends RequestKind> = z.output<(typeof requests)[Kind]['answer']>;

export const requestKind = z.enum(Object.keys(requests) as [RequestKind, ...RequestKind[]]);

export const requestEnvelope = z.strictObject({
  requestId: z.string().min(1).max(64),
  kind: requestKind,
  payload: z.unknown(),
});
export type RequestEnvelope = z.output<typeof requestEnvelope>;

export const requestReply = z.discriminatedUnion('status', [
  z.strictObject({ requestId: z.string(), status: z.literal('ANSWERED'), answer: z.unknown() }),
  z.strictObject({ requestId: z.string(), status: z.literal('FAILED'), error: commandError }),
]);
export type RequestReply = z.output<typeof requestReply>;
