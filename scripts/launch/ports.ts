import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '@nephos/model/kernel/configuration.ts';

export interface WantedPort {
  host: string;
  port: number;
  /** Name of the variable that sets the port. */
  variable: string;
}

/** Processes of a launcher that was killed need this long to let go of their ports. */
const patienceMs = 10_000;
const againMs = 200;

/** @throws ConfigurationError when another program keeps it, or this address is none of this machine's */
export async function untilPortIsFree(wanted: WantedPort, waitMs = patienceMs): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const code = await tryToListen(wanted);
    if (code === undefined) return;
    if (code !== 'EADDRINUSE' || performance.now() > deadline) throw refusal(wanted, code);
    await sleep(againMs);
  }
}

/** @returns why it could not, as a code of the system's */
async function tryToListen({ host, port }: WantedPort): Promise<string | undefined> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

function refusal({ host, port, variable }: WantedPort, code: string): ConfigurationError {
  const causes: Record<string, string> = {
    EADDRINUSE: `another program listens on ${host}:${port}; end it or set another port`,
    EACCES: `only root may listen on ${host}:${port}`,
    EADDRNOTAVAIL: `NEPHOS_LISTEN is "${host}", which is no address of this machine`,
  };
  return new ConfigurationError(`${variable} is ${port}: ${causes[code] ?? code}`);
}
