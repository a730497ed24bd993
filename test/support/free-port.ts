import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Each worker has ports of its own: a server of another one may be dead for a moment. */
const portsOfWorker = 1800;
const firstPort = 15_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % 8) * portsOfWorker;
const given = new Set<number>();

/**
 * A port of loopback that a server can take, and take again after it was killed: outside of the range that the system
 * gives to outgoing connections, one of which might otherwise have it in the meantime.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, firstPort + portsOfWorker);
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    given.add(port);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
