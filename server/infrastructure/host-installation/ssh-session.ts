import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2';
import { PlatformError } from '../../platform/errors.ts';
import { keyChanged, notLetIn, notRoot, SshFailure, unreachable } from './ssh-failure.ts';

/** How a user proves who they are. */
export type SshCredentials =
  { password: string } | { privateKey: string; passphrase?: string | null | undefined };

/** Where to sign in, as whom. */
export interface SshAddress {
  address: string;
  port: number;
  username: string;
}

export interface SshTarget extends SshAddress {
  credentials: SshCredentials;
  /** `SHA256:…` that the machine must show; null: whatever it shows. */
  hostKey: string | null;
}

/** How a program on the machine ended. */
export interface Ended {
  status: number;
  output: string;
  complaint: string;
}

const openMs = 15_000;
const defaultRunMs = 60_000;
const mostOutput = 1024 * 1024;
const mostComplaint = 4000;

/** A machine has a key of each kind, and shows the one that is asked for. */
const keyKinds: readonly ServerHostKeyAlgorithm[][] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

/** Root's shell on another machine, over SSH. */
export class SshSession implements AsyncDisposable {
  readonly #client: Client;
  readonly #target: SshAddress;
  readonly #signal: AbortSignal;
  #isRoot = false;
  #lost: Error | undefined;
  /** `SHA256:…` of the key that the machine showed. */
  readonly hostKey: string;
  /** This server's own address on the way there. */
  readonly localAddress: string;

  private constructor(
    client: Client,
    target: SshAddress,
    signal: AbortSignal,
    facts: { hostKey: string; localAddress: string },
  ) {
    this.#client = client;
    this.#target = target;
    this.#signal = signal;
    this.hostKey = facts.hostKey;
    this.localAddress = facts.localAddress;
    client.on('error', (error) => (this.#lost = error));
  }

  /**
   * Signs in and makes sure of root's rights. Nothing secret is sent before the machine showed the key it should.
   * @throws SshFailure
   */
  static async open(target: SshTarget, signal: AbortSignal): Promise<SshSession> {
    const failures: SshFailure[] = [];
    for (const kinds of target.hostKey === null ? [keyKinds.flat()] : keyKinds) {
      try {
        const session = await signIn(target, kinds, signal, (client, facts) => {
          return new SshSession(client, target, signal, facts);
        });
        await session.#becomeRoot();
        return session;
      } catch (error) {
        // It has keys of other kinds too, perhaps the one that is asked for.
        if (!(error instanceof SshFailure && (error.check === 'hostKey' || lacksKind(error)))) throw error;
        failures.push(error);
      }
    }
    throw (
      failures.find(({ check }) => check === 'hostKey') ??
      failures[0] ??
      new Error('no kind of key was tried')
    );
  }

  /**
   * Runs a shell script as root. It goes in through standard input: nothing of it is to be seen in the list of
   * processes.
   * @throws SshFailure when the connection ends, PlatformError TIMEOUT
   */
  async script(text: string, timeoutMs = defaultRunMs): Promise<Ended> {
    // Read as a whole first: what it runs must not take the rest of it for input.
    return this.#run(this.#asRoot('sh -s'), `{\n${text}\n} </dev/null\n`, timeoutMs);
  }

  /**
   * Like {@link script}. @returns what it wrote to standard output
   * @throws PlatformError HOST_UNFIT with what it said, when its status is not 0
   */
  async succeed(what: string, text: string, timeoutMs?: number): Promise<string> {
    return this.#outputOf(what, await this.script(text, timeoutMs));
  }

  /** Writes a file, whole or not at all. */
  async write(
    file: string,
    content: string | Buffer | (() => Readable),
    mode: '600' | '644' | '755',
  ): Promise<void> {
    const put = `umask 077 && cat >${quoted(`${file}.new`)} && chmod ${mode} ${quoted(`${file}.new`)} && mv ${quoted(`${file}.new`)} ${quoted(file)}`;
    const command = this.#asRoot(`sh -c ${quoted(put)}`);
    this.#outputOf(`writing ${file}`, await this.#run(command, content, 300_000));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    this.#client.end();
    const impatience = setTimeout(() => this.#client.destroy(), 2000);
    if (this.#lost === undefined) await closed;
    clearTimeout(impatience);
  }

  async #becomeRoot(): Promise<void> {
    const { address, username } = this.#target;
    const { output } = await this.#run('id -u', '', defaultRunMs);
    this.#isRoot = output.trim() === '0';
    if (this.#isRoot) return;
    const { status, complaint } = await this.#run('sudo -n true', '', defaultRunMs);
    if (status === 0) return;
    await this[Symbol.asyncDispose]();
    throw notRoot(address, username, lastLine(complaint) || `sudo ended with status ${status}`);
  }

  #asRoot(command: string): string {
    return this.#isRoot ? command : `sudo -n ${command}`;
  }

  #outputOf(what: string, { status, output, complaint }: Ended): string {
    if (status === 0) return output;
    const said = lastLine(complaint) || lastLine(output) || `status ${status}`;
    throw new PlatformError('HOST_UNFIT', `${what} failed on ${this.#target.address}: ${said}`, {
      details: { status },
    });
  }

  async #run(command: string, input: string | Buffer | (() => Readable), timeoutMs: number): Promise<Ended> {
    const { address, port } = this.#target;
    this.#signal.throwIfAborted();
    const deadline = AbortSignal.timeout(timeoutMs);
    const over = AbortSignal.any([this.#signal, deadline]);
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(over.reason as Error);
    over.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([this.#exchange(command, input), stopped.promise]);
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#client.destroy();
      if (deadline.aborted) {
        throw new PlatformError(
          'TIMEOUT',
          `${address} did not finish within ${Math.round(timeoutMs / 1000)} s`,
          { cause: error },
        );
      }
      throw unreachable(address, port, this.#lost ?? (error as Error));
    } finally {
      over.removeEventListener('abort', stop);
    }
  }

  async #exchange(command: string, input: string | Buffer | (() => Readable)): Promise<Ended> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      this.#client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    let output = '';
    let complaint = '';
    channel.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-mostOutput);
    });
    channel.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-mostComplaint);
    });
    const closed = new Promise<number>((resolve, reject) => {
      channel.once('error', reject);
      channel.once('close', (status: number | null | undefined) => {
        if (typeof status === 'number') resolve(status);
        else reject(new Error('the connection ended'));
      });
    });
    // A program that ends before it has read all of its input is known by its status, not by the broken pipe.
    if (typeof input === 'function') await pipeline(input(), channel).catch(() => undefined);
    else channel.end(input);
    return { status: await closed, output, complaint };
  }
}

/** One attempt that accepts some kinds of host key. */
function signIn(
  { address, port, username, credentials, hostKey }: SshTarget,
  kinds: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
  made: (client: Client, facts: { hostKey: string; localAddress: string }) => SshSession,
): Promise<SshSession> {
  signal.throwIfAborted();
  const client = new Client();
  let shown = '';
  let localAddress = '';
  const opened = Promise.withResolvers<SshSession>();
  const giveUp = () => {
    client.destroy();
    opened.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  client.once('ready', () => opened.resolve(made(client, { hostKey: shown, localAddress })));
  client.once('connect', () => {
    // The types do not tell of the socket beneath.
    localAddress = (client as unknown as { _sock?: Socket })._sock?.localAddress ?? '';
  });
  client.once('close', () => opened.reject(unreachable(address, port, new Error('it ended the connection'))));
  // More than one may come, and one that nobody heard would end the server.
  client.on('error', (error) => {
    const way = 'password' in credentials ? 'password' : 'private key';
    if (hostKey !== null && shown !== '' && shown !== hostKey)
      opened.reject(keyChanged(address, hostKey, shown));
    else if (error.level === 'client-authentication') opened.reject(notLetIn(address, username, way));
    else opened.reject(unreachable(address, port, error));
  });
  // Some machines ask for the password as a question.
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
    answer(prompts.map(() => ('password' in credentials ? credentials.password : '')));
  });
  client.connect({
    host: address,
    port,
    username,
    ...('password' in credentials
      ? { password: credentials.password, tryKeyboard: true }
      : {
          privateKey: credentials.privateKey,
          ...(credentials.passphrase != null && { passphrase: credentials.passphrase }),
        }),
    algorithms: { serverHostKey: [...kinds] },
    hostVerifier: (key: Buffer) => {
      shown = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
      return hostKey === null || shown === hostKey;
    },
    readyTimeout: openMs,
    keepaliveInterval: 5000,
    keepaliveCountMax: 4,
  });
  return opened.promise
    .catch((error: unknown) => {
      client.destroy();
      throw error;
    })
    .finally(() => signal.removeEventListener('abort', giveUp));
}

/** Whether the machine has no key of the kind that was asked for. */
function lacksKind({ cause }: SshFailure): boolean {
  return cause instanceof Error && cause.message.includes('no matching host key format');
}

/** A word for a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
