import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import { ConnectionClosedError, LibvirtError } from './errors.ts';
import { FakeDaemon, type Received } from './fake-daemon.ts';
import { messageStatus, messageType } from './frame.ts';
import { openConsole, takeScreenshot } from './guest.ts';
import { procedures } from './procedures.ts';

const domain = { name: 'vm', uuid: '11111111-1111-4111-8111-111111111111', id: 1 };
const { ok, error, continue: data } = messageStatus;

let daemon: FakeDaemon;
let libvirt: Libvirt;
/** The packets that the client sent on the console, in order. */
let packets: { status: number; text: string }[];
/** The message that the daemon got last on the console. */
let last: Received;
/** Whether the daemon confirms the end of a stream. */
let confirms: boolean;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  libvirt = await Libvirt.open({ socketPath: daemon.socketPath, uri: 'test:///default' });
  packets = [];
  confirms = true;
  daemon.handlers.set(procedures.domainOpenConsole.number, (received) => {
    last = received;
    if (received.header.type === messageType.call) {
      received.reply();
      return;
    }
    const { status } = received.header;
    packets.push({ status, text: received.payload.rest().toString() });
    if (status !== data && confirms) received.packet(ok);
  });
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
});

describe('a console', () => {
  it('carries bytes both ways on a connection of its own, which ends with it', async () => {
    const stream = await openConsole(libvirt, domain);
    expect(daemon.sockets.size).toBe(2);
    stream.write('to the guest');
    await expect.poll(() => packets).toEqual([{ status: data, text: 'to the guest' }]);
    last.packet(data, Buffer.from('from the guest'));
    const [received] = (await once(stream, 'data')) as [Buffer];
    expect(received.toString()).toBe('from the guest');
    stream.end();
    await once(stream, 'close');
    expect(packets.at(-1)?.status).toBe(ok);
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });

  it('sends much in packets that every libvirt takes', async () => {
    const stream = await openConsole(libvirt, domain);
    const much = 'x'.repeat(600_000);
    stream.end(much);
    stream.resume();
    await once(stream, 'close');
    expect(packets.map(({ text }) => text.length)).toEqual([262_120, 262_120, 75_760, 0]);
  });

  it('ends when the guest goes away, also when the daemon calls that an error', async () => {
    daemon.handlers.set(procedures.domainOpenConsole.number, (received) => {
      if (received.header.type !== messageType.call) return;
      received.reply();
      received.packet(data, Buffer.from('last words'));
      received.packet(data);
      setTimeout(() => received.breakOff(39, 'stream had unexpected termination'), 10);
    });
    const stream = await openConsole(libvirt, domain);
    expect((await buffer(stream)).toString()).toBe('last words');
    if (!stream.closed) await once(stream, 'close');
    expect(stream.errored).toBeNull();
  });

  it('fails with the daemon’s error', async () => {
    const stream = await openConsole(libvirt, domain);
    last.breakOff(38, 'input/output error');
    const [failure] = (await once(stream, 'error')) as [unknown];
    expect(failure).toBeInstanceOf(LibvirtError);
    expect(failure).toMatchObject({ codeName: 'SYSTEM_ERROR', message: 'input/output error' });
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });

  it('fails when the connection is lost', async () => {
    const stream = await openConsole(libvirt, domain);
    last.socket.destroy();
    const [failure] = (await once(stream, 'error')) as [unknown];
    expect(failure).toBeInstanceOf(ConnectionClosedError);
  });

  it('is aborted by destroy, which waits until the daemon has let go', async () => {
    const stream = await openConsole(libvirt, domain);
    stream.destroy();
    await once(stream, 'close');
    expect(packets).toEqual([{ status: error, text: '' }]);
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });

  it('is let go after a second by itself when the daemon does not answer', async () => {
    const stream = await openConsole(libvirt, domain);
    confirms = false;
    const start = performance.now();
    stream.destroy();
    await once(stream, 'close');
    expect(performance.now() - start).toBeGreaterThan(900);
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });

  it('holds the daemon back while nobody reads', async () => {
    const stream = await openConsole(libvirt, domain);
    let sent = 0;
    const chunk = Buffer.alloc(100_000);
    const full = () => last.socket.writableLength > 1_000_000;
    for (; sent < 1000 && !full(); sent++) {
      last.packet(data, chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(full()).toBe(true);
    expect(stream.readableLength).toBeLessThan(1_000_000);
    last.packet(data);
    expect((await buffer(stream)).length).toBe(sent * chunk.length);
  });

  it('is not opened when the daemon refuses', async () => {
    daemon.handlers.set(procedures.domainOpenConsole.number, ({ fail }) =>
      fail(9, 'Active console session exists'),
    );
    await expect(openConsole(libvirt, domain)).rejects.toMatchObject({ codeName: 'OPERATION_FAILED' });
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });

  it('is not opened when nobody waits for it any more', async () => {
    daemon.handlers.delete(procedures.domainOpenConsole.number);
    const opening = openConsole(libvirt, domain, {}, { signal: AbortSignal.timeout(50) });
    await expect(opening).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect.poll(() => daemon.sockets.size).toBe(1);
  });
});

describe('a screenshot', () => {
  function answerScreenshot(end: (received: Received) => void): void {
    daemon.handlers.set(procedures.domainScreenshot.number, (received) => {
      if (received.header.type !== messageType.call) {
        end(received);
        return;
      }
      received.reply((to) => {
        to.int(1);
        to.text('image/png');
      });
      received.packet(data, Buffer.from('first '));
      received.packet(data, Buffer.from('second'));
      received.packet(data);
    });
  }

  it('is put together from its packets', async () => {
    answerScreenshot(({ packet }) => packet(ok));
    const { mimeType, data: picture } = await takeScreenshot(libvirt, domain);
    expect([mimeType, picture.toString()]).toEqual(['image/png', 'first second']);
  });
});
