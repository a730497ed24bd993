import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { assertPortIsFree } from './ports.ts';

test('a port that is taken is named with its variable', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(assertPortIsFree('127.0.0.1', port, 'NEPHOS_HTTP_PORT')).rejects.toThrow(
    `NEPHOS_HTTP_PORT is ${port}: another program listens on 127.0.0.1:${port}; end it or set another port`,
  );
  await new Promise((resolve) => other.close(resolve));
  await expect(assertPortIsFree('127.0.0.1', port, 'NEPHOS_HTTP_PORT')).resolves.toBeUndefined();
});

test('an address that is not this machine’s is named', async () => {
  await expect(assertPortIsFree('192.0.2.1', 0, 'NEPHOS_HTTP_PORT')).rejects.toThrow(
    'NEPHOS_LISTEN is "192.0.2.1"',
  );
});
