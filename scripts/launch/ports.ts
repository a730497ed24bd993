import { createServer } from 'node:net';
import { ConfigurationError } from '@nephos/model/kernel/configuration.ts';

/**
 * @param variable name of the variable that sets the port
 * @throws ConfigurationError when another program listens there, or this address is none of this machine's
 */
export async function assertPortIsFree(host: string, port: number, variable: string): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const causes: Record<string, string> = {
      EADDRINUSE: `another program listens on ${host}:${port}; end it or set another port`,
      EACCES: `only root may listen on ${host}:${port}`,
      EADDRNOTAVAIL: `NEPHOS_LISTEN is "${host}", which is no address of this machine`,
    };
    throw new ConfigurationError(`${variable} is ${port}: ${causes[code ?? ''] ?? String(error)}`);
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}
