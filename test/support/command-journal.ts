import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandEnvelope, CommandOutcome } from '@nephos/agent-protocol/commands.ts';

/** What an agent's journal says of one command. */
export interface Journalled {
  commandId: string;
  kind: string;
  outcome: CommandOutcome['status'] | undefined;
}

type Line = { command: CommandEnvelope } | { commandId: string; outcome: CommandOutcome };

function linesIn(folder: string): Line[] {
  const lines = readFileSync(path.join(folder, 'commands.jsonl'), 'utf8').split('\n');
  // What follows the last newline is nothing, or a line that is just being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Line);
}

/** Every acceptance of a command of a kind, in order: an id that is there twice was carried out twice. */
export function journalled(folder: string, kind: string): Journalled[] {
  const lines = linesIn(folder);
  return lines.flatMap((line) => {
    if (!('command' in line) || line.command.kind !== kind) return [];
    const { commandId } = line.command;
    const end = lines.find((other) => 'outcome' in other && other.commandId === commandId);
    return [{ commandId, kind, outcome: end && 'outcome' in end ? end.outcome.status : undefined }];
  });
}

/** Loses what was written of the outcome of commands of a kind: it need not have been on disk when the power went. */
export function loseOutcomes(folder: string, kind: string): void {
  const lost = new Set(journalled(folder, kind).map(({ commandId }) => commandId));
  const kept = linesIn(folder).filter((line) => 'command' in line || !lost.has(line.commandId));
  writeFileSync(
    path.join(folder, 'commands.jsonl'),
    kept.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
}
