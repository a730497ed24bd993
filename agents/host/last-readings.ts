import type { CommandHandler, CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

type Read = (machineId: Id<'VirtualMachine'>) => Promise<void>;
type Ending = 'machine.stop' | 'machine.remove';

/** Has the counters of a machine read before a command ends its run. */
export function readingLast(handlers: CommandHandlers, read: Read): CommandHandlers {
  const { 'machine.stop': stop, 'machine.remove': remove } = handlers;
  return {
    ...handlers,
    ...(stop && { 'machine.stop': readingFirst(stop, read) }),
    ...(remove && { 'machine.remove': readingFirst(remove, read) }),
  };
}

function readingFirst<Kind extends Ending>(handler: CommandHandler<Kind>, read: Read): CommandHandler<Kind> {
  return {
    ...handler,
    run: async (payload, context) => {
      await read(payload.machineId);
      return handler.run(payload, context);
    },
  };
}
