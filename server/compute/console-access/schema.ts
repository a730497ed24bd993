import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import type { ConsoleAccess } from './console-access-service.ts';

const CreateConsoleAccessInput = builder.inputType('CreateConsoleAccessInput', {
  description: 'Which machine’s screen.',
  fields: (t) => ({ virtualMachineId: t.id({ description: 'The machine; it must be RUNNING.' }) }),
});

const ConsoleAccessPayload = builder.objectRef<ConsoleAccess>('ConsoleAccessPayload').implement({
  description: 'A way to one machine’s screen, once.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'Path of a WebSocket on this server that speaks RFB (VNC), subprotocol `binary`. It opens once.',
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
    description: 'Lets you open a running machine’s screen once. Errors: NOT_FOUND, INVALID_STATE.',
    args: { input: t.arg({ type: CreateConsoleAccessInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.consoleAccess.grant(
        actor,
        idArgument('VirtualMachine', 'input.virtualMachineId', input.virtualMachineId),
      ),
  }),
);
