import type { CommandHandler, CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { CommandKind } from '@nephos/agent-protocol/commands.ts';
import type { HostDriver } from './driver.ts';

/**
 * The handlers, none of which looks what became of a command while the hypervisor is away: then it is not known, and
 * what may be done once more is not tried again and again in vain.
 */
export function onReachableHost(
  driver: Pick<HostDriver, 'assertReachable'>,
  handlers: CommandHandlers,
): CommandHandlers {
  const entries = Object.entries(handlers) as [CommandKind, CommandHandler<CommandKind>][];
  return Object.fromEntries(
    entries.map(([kind, handler]) => [
      kind,
      {
        ...handler,
        observe: async (payload) => {
          await driver.assertReachable();
          return handler.observe(payload);
        },
      } satisfies CommandHandler<CommandKind>,
    ]),
  );
}
