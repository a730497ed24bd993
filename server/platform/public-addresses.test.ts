import { expect, test } from 'vitest';
import { PublicAddresses } from './public-addresses.ts';

function addresses(options: Partial<ConstructorParameters<typeof PublicAddresses>[0]>) {
  const made = new PublicAddresses({
    publicUrl: '',
    listen: '127.0.0.1',
    agentUrl: '',
    agentListen: '127.0.0.1',
    ...options,
  });
  made.httpPort = 8080;
  made.agentPort = 8250;
  return made;
}

test.each([
  [{}, 'http://127.0.0.1:8080'],
  [{ listen: '::1' }, 'http://[::1]:8080'],
  [{ publicUrl: 'https://cloud.example.com/' }, 'https://cloud.example.com'],
])('browsers of %o reach %s', (options, expected) => {
  expect(addresses(options).console).toBe(expected);
});

test.each([
  [{}, 'wss://127.0.0.1:8250'],
  [{ agentListen: '10.0.0.1' }, 'wss://10.0.0.1:8250'],
  [{ agentListen: '0.0.0.0' }, 'wss://192.0.2.5:8250'],
  [{ agentListen: '::' }, 'wss://192.0.2.5:8250'],
  [{ agentListen: '0.0.0.0', publicUrl: 'https://cloud.example.com' }, 'wss://cloud.example.com:8250'],
  [{ agentListen: '0.0.0.0', publicUrl: 'http://127.0.0.1:8080' }, 'wss://192.0.2.5:8250'],
  [{ agentUrl: 'wss://agents.example.com:443', publicUrl: 'https://a.b' }, 'wss://agents.example.com:443'],
])('agents of %o are told %s', (options, expected) => {
  expect(addresses(options).agentsFrom('192.0.2.5')).toBe(expected);
});
