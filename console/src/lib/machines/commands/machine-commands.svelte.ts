import { goto } from '$app/navigation';
import { mutate, newIdempotencyKey } from '../../api/connection.svelte.ts';
import { notices } from '../../notices/notices.svelte.ts';
import { m } from '#messages';
import type { Machine } from '../fragments.ts';
import { plainMutations, rebootMutation, stopMutation } from './command-mutations.ts';
import { commandGroups, type CommandName } from './commands.ts';
import { whenInState } from './when-in-state.ts';

/** Commands that ask something first. */
const asked = [
  'REBOOT',
  'FORCE_REBOOT',
  'FORCE_STOP',
  'SCALE',
  'REINSTALL',
  'RESET_PASSWORD',
  'RESET_SSH_KEYS',
  'UPDATE_AFFINITY',
  'ASSIGN',
  'UNMANAGE',
  'CREATE_SNAPSHOT',
  'ATTACH_ISO',
  'CREATE_TEMPLATE',
  'UPDATE',
  'MIGRATE',
  'DESTROY',
  'EXPUNGE',
] as const;
export type AskedCommand = (typeof asked)[number];

export function asksFirst(name: CommandName): name is AskedCommand {
  return (asked as readonly CommandName[]).includes(name);
}

/** Commands that are done at once. */
type PlainCommand = keyof typeof plainMutations | keyof typeof hardness;

/** Whether stopping and restarting are done the hard way. */
const hardness = { STOP: false, FORCE_STOP: true, REBOOT: false, FORCE_REBOOT: true };

function isPlain(name: CommandName): name is PlainCommand {
  return name in hardness || name in plainMutations;
}

/** What was chosen for a machine: done at once, or asked about in a dialog first. */
class MachineCommands {
  /** What a dialog asks about now. */
  question = $state.raw<{ name: AskedCommand; machine: Machine }>();

  choose(name: CommandName, machine: Machine): void {
    if (asksFirst(name)) this.question = { name, machine };
    else if (name === 'OPEN_CONSOLE') void goto(`/virtual-machines/${machine.id}?tab=screen`);
    else if (isPlain(name)) void this.#tell(name, machine);
  }

  close(): void {
    this.question = undefined;
  }

  /** @throws ProblemError */
  async do(name: PlainCommand, machine: Machine, idempotencyKey: string): Promise<void> {
    const input = { id: machine.id, idempotencyKey };
    if (name === 'STOP' || name === 'FORCE_STOP') {
      await mutate(stopMutation, { input: { ...input, isForced: hardness[name] } });
    } else if (name === 'REBOOT' || name === 'FORCE_REBOOT') {
      await mutate(rebootMutation, { input: { ...input, isForced: hardness[name] } });
    } else {
      if (name === 'DESTROY') whenInState(machine.id, 'DESTROYED', () => this.#offerRecovery(machine));
      await mutate(plainMutations[name], { input });
    }
    if (name === 'RECOVER') notices.say(m.machines_recovered({ name: machine.name }));
  }

  #offerRecovery(machine: Machine): void {
    notices.say(m.machines_destroyed({ name: machine.name }), {
      label: m.machines_action_RECOVER(),
      do: () => void this.#tell('RECOVER', machine),
    });
  }

  async #tell(name: PlainCommand, machine: Machine): Promise<void> {
    try {
      await this.do(name, machine, newIdempotencyKey());
    } catch (error) {
      const action =
        commandGroups
          .flat()
          .find((command) => command.name === name)
          ?.label() ?? name;
      notices.fail(m.machines_action_failed({ name: machine.name, action }), error);
    }
  }
}

export const machineCommands = new MachineCommands();
