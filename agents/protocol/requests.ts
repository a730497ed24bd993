import { z } from 'zod';
import { idField } from './fields.ts';
import { machineCounters, machineObservation } from './machine.ts';
import { commandError } from './commands.ts';

/** Questions that change nothing: not journalled, answered once or not at all, forgotten with the connection. */
export const requests = {
  /** Counters of some machines, read now. Machines that are off are left out. */
  'statistics.read': {
    payload: z.strictObject({ machineIds: z.array(idField('VirtualMachine')).max(1000) }),
    answer: z.strictObject({ counters: z.array(machineCounters) }),
  },
  'machine.observe': {
    payload: z.strictObject({ machineId: idField('VirtualMachine') }),
    answer: machineObservation,
  },
  /** Connects the machine's VNC server to `/tunnel/<tunnelId>` on the server's agent port. */
  'console.open': {
    payload: z.strictObject({
      machineId: idField('VirtualMachine'),
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
