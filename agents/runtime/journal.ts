import { mkdir, open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { CommandEnvelope, CommandOutcome } from '@nephos/agent-protocol/commands.ts';

/** A command as the journal remembers it. */
export interface JournalEntry {
  command: CommandEnvelope;
  /** Absent while it runs, and after a crash in the middle of it. */
  outcome: CommandOutcome | undefined;
  /** Milliseconds since 1970 of the last line about it. */
  at: number;
}

type Line =
  { at: number; command: CommandEnvelope } | { at: number; commandId: string; outcome: CommandOutcome };

/** A week: far longer than a server asks again. */
const keepFinishedMs = 7 * 24 * 3600 * 1000;
const mostFinished = 20_000;

/**
 * What the agent was told to do, on disk. A command is safely written before it acts; its outcome need not be:
 * should that line be lost in a crash, the effect is there to be observed.
 */
export class CommandJournal {
  readonly #entries = new Map<string, JournalEntry>();
  readonly #file: FileHandle;
  /** The flush under way. */
  #running: Promise<void> | undefined;
  /** The flush after it, which all lines written meanwhile will share. */
  #next: Promise<void> | undefined;

  private constructor(file: FileHandle, entries: Iterable<[string, JournalEntry]>) {
    this.#file = file;
    for (const [id, entry] of entries) this.#entries.set(id, entry);
  }

  /** Opens the journal in a folder; lines of long finished commands are left behind. */
  static async open(folder: string): Promise<CommandJournal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const place = path.join(folder, 'commands.jsonl');
    const entries = stillWanted(await readEntries(place));
    const text = entries.map(([, entry]) => linesOf(entry)).join('');
    await writeFile(`${place}.new`, text, { mode: 0o600, flush: true });
    await rename(`${place}.new`, place);
    return new CommandJournal(await open(place, 'a', 0o600), entries);
  }

  find(commandId: string): JournalEntry | undefined {
    return this.#entries.get(commandId);
  }

  /** Commands whose outcome nobody knows, oldest first. */
  unfinished(): JournalEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.outcome === undefined);
  }

  /** Resolves when the command is on disk and may act. */
  async accept(command: CommandEnvelope): Promise<void> {
    const at = Date.now();
    this.#entries.set(command.commandId, { command, outcome: undefined, at });
    await this.#append({ at, command });
    await this.#flush();
  }

  async finish(commandId: string, outcome: CommandOutcome): Promise<void> {
    const entry = this.#entries.get(commandId);
    if (entry === undefined) throw new RangeError(`command ${commandId} was never accepted`);
    entry.outcome = outcome;
    entry.at = Date.now();
    await this.#append({ at: entry.at, commandId, outcome });
    this.#forgetOldest();
  }

  async close(): Promise<void> {
    await this.#running?.catch(() => undefined);
    await this.#file.close();
  }

  async #append(line: Line): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(line)}\n`);
  }

  #flush(): Promise<void> {
    this.#next ??= this.#flushAfter(this.#running);
    return this.#next;
  }

  async #flushAfter(running: Promise<void> | undefined): Promise<void> {
    await running?.catch(() => undefined);
    await Promise.resolve();
    this.#running = this.#next;
    this.#next = undefined;
    await this.#file.datasync();
  }

  #forgetOldest(): void {
    if (this.#entries.size <= mostFinished) return;
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= mostFinished / 2) return;
      if (entry.outcome !== undefined) this.#entries.delete(id);
    }
  }
}

async function readEntries(place: string): Promise<Map<string, JournalEntry>> {
  const entries = new Map<string, JournalEntry>();
  const text = await readFile(place, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  for (const row of text.split('\n')) {
    const line = parseLine(row);
    if (line === undefined) continue;
    if ('command' in line) {
      entries.set(line.command.commandId, { command: line.command, outcome: undefined, at: line.at });
    } else {
      const entry = entries.get(line.commandId);
      if (entry !== undefined) Object.assign(entry, { outcome: line.outcome, at: line.at });
    }
  }
  return entries;
}

/** A line cut off by a crash was never flushed, so its command never acted. */
function parseLine(row: string): Line | undefined {
  try {
    return JSON.parse(row) as Line;
  } catch {
    return undefined;
  }
}

function stillWanted(entries: Map<string, JournalEntry>): [string, JournalEntry][] {
  const oldest = Date.now() - keepFinishedMs;
  return [...entries].filter(([, entry]) => entry.outcome === undefined || entry.at >= oldest);
}

function linesOf({ command, outcome, at }: JournalEntry): string {
  const lines: Line[] = [{ at, command }];
  if (outcome !== undefined) lines.push({ at, commandId: command.commandId, outcome });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
