import type { ConsoleKind as ConsoleKinds } from '@nephos/model/generated/enums.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import type { ConsoleAccess } from './console-access-service.ts';

const ConsoleKind = builder.enumType('ConsoleKind', {
  description: 'What of a machine one looks at.',
  values: {
    VNC: { description: 'Its screen, keyboard and mouse.' },
    SERIAL: { description: 'Its serial port: text in both directions.' },
  } satisfies Record<keyof typeof ConsoleKinds, { description: string }>,
});

const CreateConsoleAccessInput = builder.inputType('CreateConsoleAccessInput', {
  description: 'What one wants to look at.',
  fields: (t) => ({
    virtualMachineId: t.id({ description: 'The machine; it must be RUNNING or SUSPENDED.' }),
    kind: t.field({ type: ConsoleKind, defaultValue: 'VNC', description: 'Its screen or its serial port.' }),
  }),
});

const ConsoleAccessPayload = builder.objectRef<ConsoleAccess>('ConsoleAccessPayload').implement({
  description: 'A way to one machine’s screen or serial port, once.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'Path of a WebSocket on this server, subprotocol `binary`, that speaks RFB (VNC), or carries what the serial port does as it is. It opens once.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends if nobody opened it: a minute from now.',
    }),
  }),
});

builder.mutationField('createConsoleAccess', (t) =>
  t.field({
    type: ConsoleAccessPayload,
    permission: 'virtualMachine.console',
    description:
      'Lets you open a running machine’s screen or serial port once. Several may look at one machine at once; all of them can type. Errors: NOT_FOUND, INVALID_STATE.',
    args: { input: t.arg({ type: CreateConsoleAccessInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.consoleAccess.grant(
        actor,
        idArgument('VirtualMachine', 'input.virtualMachineId', input.virtualMachineId),
        input.kind,
      ),
  }),
);
