import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Row } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendWebhook } from './webhook.ts';

/** Answers a byte at a time, and never comes to an end. @param begins what it sends at once */
function drippingServer(begins: string): Server {
  const server = createServer((socket) => {
    socket.write(begins);
    const drip = setInterval(() => socket.write('a'), 5);
    socket.on('error', () => undefined);
    socket.on('close', () => clearInterval(drip));
  });
  return server;
}

const inHead = drippingServer('HTTP/1.1 200 OK\r\nx-long: ');
const inBody = drippingServer('HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n');

beforeAll(() =>
  Promise.all([inHead, inBody].map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))),
);
afterAll(() => [inHead, inBody].forEach((server) => server.close()));

const send = (server: Server, withinMs: number) => {
  const notice = {
    ...{ id: newId('Notice'), accountId: newId('Account'), kind: 'BALANCE_LOW', language: 'en', facts: {} },
    ...{ recipient: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, createdAt: new Date(0) },
  } as Row<'Notice'>;
  const signal = AbortSignal.timeout(withinMs);
  const secret = Buffer.from('secret');
  return sendWebhook(notice, { secret, allowedNetworks: ['127.0.0.0/8'], now: new Date(0), signal });
};

test('one that never comes to the end of its answer keeps nobody waiting', async () => {
  await expect(send(inHead, 100)).rejects.toThrow(/did not answer in time$/);
});

test('what comes after the status is nothing to wait for, nor the connection to keep', async () => {
  const connected = once(inBody, 'connection') as Promise<[Socket]>;
  await send(inBody, 5000);
  const [socket] = await connected;
  // It may end with an error, which `once` would throw.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
});
