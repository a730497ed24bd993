import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where everything of one installation lies. */
export interface DataFolder {
  root: string;
  postgres: string;
  logs: string;
  tokens: string;
  /** State of the agents: keys, certificates, journals. */
  agents: string;
  /** Suggested places for storage; the zone wizard takes them as they are. */
  primary: string;
  images: string;
  masterKey: string;
  /** Files of usage that schedules write to this machine. */
  exports: string;
  /** For sockets: short, because their paths end at 107 bytes. */
  run: string;
}

/** Another launcher works in the same folder. */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
}

export function openDataFolder(folder: string): DataFolder {
  const root = path.resolve(folder);
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const isRoot = process.getuid?.() === 0;
  const run = isRoot
    ? `/run/nephos/start-${id}`
    : path.join(tmpdir(), `nephos-${process.getuid?.() ?? 'user'}-${id}`);
  const places = {
    root,
    postgres: path.join(root, 'postgres'),
    logs: path.join(root, 'logs'),
    tokens: path.join(root, 'tokens'),
    agents: path.join(root, 'agents'),
    primary: path.join(root, 'primary'),
    images: path.join(root, 'images'),
    masterKey: path.join(root, 'master.key'),
    exports: path.join(root, 'exports'),
    run,
  };
  mkdirSync(root, { recursive: true });
  mkdirSync(run, { recursive: true, mode: 0o755 });
  for (const secret of [places.tokens, places.agents]) mkdirSync(secret, { recursive: true, mode: 0o700 });
  return places;
}

function isLauncher(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scripts/start.ts');
  } catch {
    return false;
  }
}

/**
 * Makes sure that one launcher works in a data folder. One that was killed is no hindrance.
 * @returns a function that lets go of it
 * @throws DataFolderInUse
 */
export function lockDataFolder({ root }: DataFolder): () => void {
  const file = path.join(root, 'launcher.pid');
  let holder: number | undefined;
  try {
    holder = Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (holder !== undefined && holder !== process.pid && isLauncher(holder)) {
    throw new DataFolderInUse(
      `another npm start (process ${holder}) works in ${root}; stop it, or set NEPHOS_DATA to another folder`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}
