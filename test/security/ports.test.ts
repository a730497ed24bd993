import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port.ts';
import { listenersOf } from '../support/listeners.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let httpPort: number;
let agentPort: number;

beforeAll(async () => {
  httpPort = await freePort();
  agentPort = await freePort();
  product = await startProduct({
    driver: 'simulator',
    env: { NEPHOS_HTTP_PORT: String(httpPort), NEPHOS_AGENT_PORT: String(agentPort) },
  });
}, 120_000);

afterAll(() => product.stop({ machines: 'destroy' }));

test('the whole product listens on two ports of loopback, and on nothing else', () => {
  expect(listenersOf(product.pid)).toEqual([`127.0.0.1:${httpPort}`, `127.0.0.1:${agentPort}`].sort());
});

test('the agent port speaks nothing older than TLS 1.3', async () => {
  const spoken = new Promise<string>((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: agentPort,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    });
    socket.once('secureConnect', () => resolve(socket.getProtocol() ?? 'none'));
    socket.once('error', reject);
  });
  await expect(spoken).rejects.toThrow(/protocol version|alert/i);
});

/** What the agent port says to an operation without a client certificate. */
function askAgentPort(query: string): Promise<{ type: string; payload?: unknown }> {
  const socket = new WebSocket(`wss://127.0.0.1:${agentPort}/agent`, 'graphql-transport-ws', {
    rejectUnauthorized: false,
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === 'connection_ack') {
        socket.send(
          JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { input: {} } } }),
        );
      } else {
        resolve(message);
        socket.close();
      }
    });
    socket.on('close', (code, reason) => reject(new Error(`closed ${code} ${reason.toString()}`)));
    socket.on('error', reject);
  });
}

test.each([
  'mutation hello($input: Hello!) { hello(input: $input) }',
  'mutation heartbeat { heartbeat }',
  'subscription instructions { instructions }',
  '{ __schema { types { name } } }',
  'mutation machineChanged($input: MachineChanged!) { machineChanged(input: $input) }',
])('without a certificate the agent port does not answer: %s', async (query) => {
  const said = JSON.stringify(await askAgentPort(query));
  expect(said).toMatch(/"type":"error"|"errors":/);
  expect(said).not.toContain('"data":{');
});

test('an enrolment with a wrong token is refused', async () => {
  const said = JSON.stringify(
    await askAgentPort('mutation enrol($input: EnrolInput!) { enrol(input: $input) }'),
  );
  expect(said).toContain('errors');
  expect(said).not.toContain('BEGIN CERTIFICATE');
});
