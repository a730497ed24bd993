import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AgentIdentity } from '../identity.ts';
import { PeerListener, type Expectation } from './peer-listener.ts';
import { openPeerStream } from './peer-stream.ts';
import { relay } from './relay.ts';
import { testAuthority } from './test-authority.ts';

const sourceId = 'agnt_source';
const newTicket = () => randomBytes(24).toString('base64url');

let source: AgentIdentity;
let stranger: AgentIdentity;
let foreigner: AgentIdentity;
let destination: AgentIdentity;
let listener: PeerListener;

beforeAll(async () => {
  const authority = await testAuthority();
  source = await authority.enrol(sourceId);
  stranger = await authority.enrol('agnt_stranger');
  destination = await authority.enrol('agnt_destination');
  foreigner = await (await testAuthority()).enrol(sourceId);
});

const listenerWith = (idleMs: number) =>
  new PeerListener({
    identity: () => destination,
    address: () => '127.0.0.1',
    port: 0,
    idleMs,
    lastWordsMs: 100,
    log: pino({ level: 'silent' }),
  });

beforeEach(() => (listener = listenerWith(60_000)));
afterEach(() => listener.close());

async function echo(_channel: string, stream: Duplex): Promise<void> {
  stream.pipe(stream);
  await once(stream, 'close');
}

function expectSource(overrides: Partial<Expectation> = {}) {
  const ticket = newTicket();
  const expectation = { ticket, agentId: sourceId, onStream: echo, onIdle: () => undefined, ...overrides };
  return listener.expect(expectation).then((peer) => ({ peer, ticket: expectation.ticket }));
}

async function read(stream: Duplex, length: number): Promise<string> {
  let received = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    received += chunk as string;
    if (received.length >= length) break;
  }
  return received;
}

const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.unref().once('connect', () => socket.destroy());
  });

test('an agent that is expected brings streams, each its own, and every byte comes back', async () => {
  const channels: string[] = [];
  const { peer, ticket } = await expectSource({
    onStream: (channel, stream) => {
      channels.push(channel);
      return echo(channel, stream);
    },
  });
  const sent = randomBytes(3_000_000).toString('base64');
  const streams = await Promise.all(
    ['memory', 'control'].map((channel) => openPeerStream({ identity: source, peer, ticket, channel })),
  );
  const answers = await Promise.all(
    streams.map(async (stream) => {
      stream.write(sent);
      return read(stream, sent.length);
    }),
  );
  expect(channels.sort()).toEqual(['control', 'memory']);
  expect(answers.map((answer) => answer === sent)).toEqual([true, true]);
});

test('asked again with the same ticket, the port is the same; it closes behind the last one', async () => {
  const first = await expectSource();
  const second = await expectSource({ ticket: first.ticket });
  const third = await expectSource();
  expect(second).toEqual(first);
  expect(third.peer).toEqual(first.peer);
  await listener.forget(first.ticket);
  expect(await isOpen(first.peer.port)).toBe(true);
  await listener.forget(third.ticket);
  expect(await isOpen(first.peer.port)).toBe(false);
});

const refused = { name: 'CommandFailure', code: 'PEER_UNREACHABLE' };

test('nobody gets in with another ticket, a used one, or another’s', async () => {
  const { peer, ticket } = await expectSource();
  const other = await expectSource({ agentId: 'agnt_another' });
  const attempt = (given: string, identity = source) =>
    openPeerStream({ identity, peer, ticket: given, channel: 'memory' });
  const words = expect.stringContaining('you are not expected here') as string;
  await expect(attempt(newTicket())).rejects.toMatchObject({ ...refused, message: words });
  await expect(attempt(other.ticket)).rejects.toMatchObject({ ...refused, message: words });
  await expect(attempt(ticket, stranger)).rejects.toMatchObject({ ...refused, message: words });
  await listener.forget(ticket);
  await expect(attempt(ticket)).rejects.toMatchObject({ ...refused, message: words });
});

test('a certificate of another CA opens nothing, though it bears the right name', async () => {
  const { peer, ticket } = await expectSource();
  const identity = { ...foreigner, authority: source.authority };
  await expect(openPeerStream({ identity, peer, ticket, channel: 'memory' })).rejects.toMatchObject(refused);
});

test('the ticket is told to none but the agent that was announced', async () => {
  const { peer, ticket } = await expectSource();
  let greeted = false;
  const impostor = new PeerListener({
    identity: () => stranger,
    address: () => '127.0.0.1',
    port: 0,
    idleMs: 60_000,
    lastWordsMs: 100,
    log: pino({ level: 'silent' }),
  });
  const onStream = () => {
    greeted = true;
    return Promise.resolve();
  };
  const its = await impostor.expect({ ticket, agentId: sourceId, onStream, onIdle: () => undefined });
  const mixed = { ...its, certificateSha256: peer.certificateSha256 };
  await expect(
    openPeerStream({ identity: source, peer: mixed, ticket, channel: 'memory' }),
  ).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('another certificate than the one that was announced') as string,
  });
  expect(greeted).toBe(false);
  await impostor.close();
});

test('what is no greeting is cut off', async () => {
  const { peer, ticket } = await expectSource();
  await expect(
    openPeerStream({ identity: source, peer, ticket, channel: 'not a channel' }),
  ).rejects.toMatchObject(refused);
  // The port is well after that.
  (await openPeerStream({ identity: source, peer, ticket, channel: 'memory' })).destroy();
});

test('an expectation ends when nobody comes, and again when nobody comes back', async () => {
  listener = listenerWith(100);
  const idle = Promise.withResolvers<undefined>();
  const { peer, ticket } = await expectSource({ onIdle: () => idle.resolve(undefined) });
  const stream = await openPeerStream({ identity: source, peer, ticket, channel: 'memory' });
  await sleep(200);
  expect(await isOpen(peer.port), 'while a stream is open').toBe(true);
  stream.destroy();
  await idle.promise;
  expect(await isOpen(peer.port)).toBe(false);
});

test('once what was expected has come, the port is open for last words only', async () => {
  const idle = Promise.withResolvers<undefined>();
  const { peer, ticket } = await expectSource({ onIdle: () => idle.resolve(undefined) });
  const stream = await openPeerStream({ identity: source, peer, ticket, channel: 'memory' });
  listener.letGo(ticket);
  await sleep(200);
  expect(await isOpen(peer.port), 'while a stream is open').toBe(true);
  stream.destroy();
  await idle.promise;
  expect(await isOpen(peer.port)).toBe(false);
});

test('forgetting cuts the streams that are open, on both ends', async () => {
  const served = Promise.withResolvers<Duplex>();
  const { peer, ticket } = await expectSource({
    onStream: async (_channel, stream) => {
      served.resolve(stream);
      await once(stream, 'close');
    },
  });
  const stream = await openPeerStream({ identity: source, peer, ticket, channel: 'memory' });
  const cut = once(stream.resume(), 'close');
  await listener.forget(ticket);
  stream.end();
  await cut;
  expect((await served.promise).destroyed).toBe(true);
});

/** A stream to the listener, and what stands behind it there, both carried to sockets of this machine. */
async function carried() {
  const behind = net.createServer().listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const { port } = behind.address() as net.AddressInfo;
  const { peer, ticket } = await expectSource({
    onStream: async (_channel, stream) => {
      const socket = net.connect({ host: '127.0.0.1', port });
      await relay(stream, socket);
    },
  });
  const front = net.createServer((socket) => {
    void openPeerStream({ identity: source, peer, ticket, channel: 'memory' }).then((stream) =>
      relay(socket, stream),
    );
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const accepted = once(behind, 'connection') as Promise<[net.Socket]>;
  const near = net.connect({ host: '127.0.0.1', port: (front.address() as net.AddressInfo).port });
  near.on('error', () => undefined);
  const [far] = await accepted;
  far.on('error', () => undefined);
  front.close();
  behind.close();
  return { near, far };
}

test('an end that ends ends the other, after all that it sent, however slowly that is read', async () => {
  const { near, far } = await carried();
  const sent = randomBytes(5_000_000).toString('hex');
  far.pause().write('something for the one that ends');
  near.resume().end(sent);
  await sleep(300);
  expect((await text(far)) === sent).toBe(true);
  if (!near.closed) await once(near, 'close');
});

test('an end that breaks off breaks off the other, in either direction', async () => {
  for (const broken of ['near', 'far'] as const) {
    const ends = await carried();
    const other = broken === 'near' ? ends.far : ends.near;
    const closed = once(other.resume(), 'close');
    other.write('something under way');
    ends[broken].resetAndDestroy();
    await closed;
    expect(other.destroyed).toBe(true);
  }
});
