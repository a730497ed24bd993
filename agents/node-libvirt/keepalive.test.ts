import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import { ConnectionClosedError } from './errors.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { messageType, rawFrame } from './frame.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import { getHostname } from './node.ts';
import { procedures } from './procedures.ts';

let daemon: FakeDaemon;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
});

afterEach(() => daemon[Symbol.asyncDispose]());

function openIt(options: { keepalive?: KeepaliveOptions } = {}): Promise<Libvirt> {
  return Libvirt.open({ socketPath: daemon.socketPath, uri: 'test:///default', ...options });
}

describe('keepalive', () => {
  const quick = { intervalMs: 20, count: 2 };

  it('answers the daemon’s probes', async () => {
    await openIt();
    const [socket] = daemon.sockets;
    if (!socket) throw new Error('nobody is connected');
    const ping = {
      program: 0x6b656570,
      version: 1,
      procedure: 1,
      type: messageType.message,
      serial: 0,
      status: 0,
    };
    const answer = once(socket, 'data') as Promise<[Buffer]>;
    socket.write(rawFrame(ping, new Uint8Array()));
    const [pong] = await answer;
    expect(pong.toString('hex')).toBe(rawFrame({ ...ping, procedure: 2 }, new Uint8Array()).toString('hex'));
  });

  it('probes a silent daemon and stays as long as it answers', async () => {
    const libvirt = await openIt({ keepalive: quick });
    await expect.poll(() => daemon.probes).toBeGreaterThan(5);
    expect(libvirt.isClosed).toBe(false);
  });

  it('ends the connection when the probes have no answer', async () => {
    const libvirt = await openIt({ keepalive: quick });
    daemon.answersProbes = false;
    const call = getHostname(libvirt).catch((error: unknown) => error);
    await expect(libvirt.closed).resolves.toMatchObject({ message: 'the daemon has been silent for 60 ms' });
    expect(await call).toBeInstanceOf(ConnectionClosedError);
    expect(daemon.probes).toBe(2);
  });

  it('does not probe a daemon that does not know how', async () => {
    daemon.handlers.set(procedures.connectSupportsFeature.number, ({ reply }) => reply((to) => to.int(0)));
    await openIt({ keepalive: quick });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(daemon.probes).toBe(0);
  });

  it('counts every message as a sign of life', async () => {
    daemon.handlers.set(procedures.connectGetHostname.number, ({ reply }) => reply((to) => to.text('host')));
    const libvirt = await openIt({ keepalive: { intervalMs: 30, count: 0 } });
    daemon.answersProbes = false;
    for (let call = 0; call < 20; call++) {
      await getHostname(libvirt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(daemon.probes).toBe(0);
  });
});
