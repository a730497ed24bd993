import { commandGroups, isShown, reasonAgainst } from '../machines/commands/commands.ts';
import { machineCommands } from '../machines/commands/machine-commands.svelte.ts';
import type { Machine } from '../machines/fragments.ts';
import { m } from '#messages';
import type { PaletteCommand } from './commands.ts';

/** What can be done to a machine now, or why not. */
export function commandsFor(machine: Machine): PaletteCommand[] {
  return commandGroups.flat().flatMap((command) => {
    if (!isShown(command, machine)) return [];
    const { name, label, icon } = command;
    return [
      {
        id: `machine ${name} ${machine.id}`,
        label: m.palette_machine_action({ action: label(), name: machine.name }),
        icon,
        words: `${name.toLowerCase().replaceAll('_', ' ')} ${label()}`,
        reason: reasonAgainst(name, machine),
        run: () => machineCommands.choose(name, machine),
      },
    ];
  });
}
