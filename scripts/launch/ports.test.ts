import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { untilPortIsFree } from './ports.ts';

const host = '127.0.0.1';
const variable = 'NEPHOS_HTTP_PORT';

async function listen(): Promise<{ other: Server; port: number }> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, host, resolve));
  return { other, port: (other.address() as AddressInfo).port };
}

test('a port that is taken is named with its variable', async () => {
  const { other, port } = await listen();
  await expect(untilPortIsFree({ host, port, variable }, 0)).rejects.toThrow(
    `NEPHOS_HTTP_PORT is ${port}: another program listens on 127.0.0.1:${port}; end it or set another port`,
  );
  other.close();
});

test('a port that is about to be let go is waited for', async () => {
  const { other, port } = await listen();
  setTimeout(() => other.close(), 300);
  await expect(untilPortIsFree({ host, port, variable })).resolves.toBeUndefined();
});

test('an address that is not this machine’s is named', async () => {
  await expect(untilPortIsFree({ host: '192.0.2.1', port: 0, variable })).rejects.toThrow(
    'NEPHOS_LISTEN is "192.0.2.1"',
  );
});
