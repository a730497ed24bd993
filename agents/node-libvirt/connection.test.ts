import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { int, list, text } from './codec.ts';
import { Libvirt, type LibvirtOptions } from './connection.ts';
import { CallTimeoutError, ConnectionClosedError, ConnectionFailedError, LibvirtError } from './errors.ts';
import { FakeDaemon, type Received } from './fake-daemon.ts';
import { messageType, rawFrame } from './frame.ts';
import { getHostname, getUri } from './node.ts';
import { procedures } from './procedures.ts';
import { XdrError } from './xdr.ts';

let daemon: FakeDaemon;
const opened: Libvirt[] = [];

beforeEach(async () => {
  daemon = await FakeDaemon.start();
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await Promise.all(opened.splice(0).map((libvirt) => libvirt.closed));
});

async function open(options: Partial<LibvirtOptions> = {}): Promise<Libvirt> {
  const libvirt = await Libvirt.open({
    socketPath: daemon.socketPath,
    uri: 'test:///default',
    ...options,
  });
  opened.push(libvirt);
  return libvirt;
}

function answerHostname(name: string): void {
  daemon.handlers.set(procedures.connectGetHostname.number, ({ reply }) => reply((to) => to.text(name)));
}

describe('opening', () => {
  it('says what is missing when nobody listens', async () => {
    const attempt = Libvirt.open({ socketPath: '/nowhere/libvirt-sock', uri: 'qemu:///system' });
    await expect(attempt).rejects.toThrow(ConnectionFailedError);
    await expect(attempt).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('/nowhere/libvirt-sock') as string,
    });
  });

  it('says so when the daemon wants a login by SASL', async () => {
    daemon.handlers.set(procedures.authList.number, ({ reply }) =>
      reply((to) => list(int, 1).write(to, [1])),
    );
    await expect(open()).rejects.toThrow(/SASL/);
    expect(daemon.received).toEqual([procedures.authList.number]);
  });

  it('lets polkit look at it when the daemon wants that', async () => {
    daemon.handlers.set(procedures.authList.number, ({ reply }) =>
      reply((to) => list(int, 2).write(to, [1, 2])),
    );
    daemon.handlers.set(procedures.authPolkit.number, ({ reply }) => reply((to) => to.int(1)));
    await open();
    expect(daemon.received).toContain(procedures.authPolkit.number);
  });

  it('passes on why the driver is not to be had, and hangs up', async () => {
    daemon.handlers.set(procedures.connectOpen.number, ({ fail }) => fail(3, 'no such driver'));
    await expect(open()).rejects.toMatchObject({ codeName: 'NO_SUPPORT', message: 'no such driver' });
    await expect.poll(() => daemon.sockets.size).toBe(0);
  });

  it('gives up on a daemon that does not answer', async () => {
    daemon.handlers.delete(procedures.connectOpen.number);
    await expect(open({ openTimeoutMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect.poll(() => daemon.sockets.size).toBe(0);
  });
});

describe('calls', () => {
  it('are matched with their answers in whatever order these come', async () => {
    const libvirt = await open();
    const waiting: Received[] = [];
    for (const procedure of [procedures.connectGetHostname, procedures.connectGetUri]) {
      daemon.handlers.set(procedure.number, (received) => {
        waiting.push(received);
        if (waiting.length < 2) return;
        for (const { reply, header } of waiting.reverse())
          reply((to) => to.text(`answer ${header.procedure}`));
      });
    }
    const answers = await Promise.all([getHostname(libvirt), getUri(libvirt)]);
    expect(answers).toEqual([
      `answer ${procedures.connectGetHostname.number}`,
      `answer ${procedures.connectGetUri.number}`,
    ]);
  });

  it('fail with libvirt’s error, which names the call', async () => {
    const libvirt = await open();
    daemon.handlers.set(procedures.connectGetHostname.number, ({ fail }) => fail(38, 'no name'));
    const failure = await getHostname(libvirt).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LibvirtError);
    expect(failure).toMatchObject({
      codeName: 'SYSTEM_ERROR',
      procedure: 'connectGetHostname',
      message: 'no name',
    });
  });

  it('fail alone when their answer cannot be read', async () => {
    const libvirt = await open();
    daemon.handlers.set(procedures.connectGetHostname.number, ({ reply }) => reply((to) => to.uint(99)));
    await expect(getHostname(libvirt)).rejects.toThrow(XdrError);
    answerHostname('host');
    await expect(getHostname(libvirt)).resolves.toBe('host');
  });

  it('fail when their arguments cannot be sent, without being sent', async () => {
    const libvirt = await open();
    await expect(libvirt.call(procedures.domainLookupByName, ['a\0b'])).rejects.toThrow(RangeError);
    await expect(libvirt.call(procedures.domainLookupByUuid, ['x'])).rejects.toThrow(TypeError);
    expect(daemon.received).not.toContain(procedures.domainLookupByName.number);
  });

  it('wait here beyond the number that may be in flight', async () => {
    const libvirt = await open({ maxInFlight: 2 });
    const waiting: Received[] = [];
    daemon.handlers.set(procedures.connectGetHostname.number, (received) => waiting.push(received));
    const calls = Array.from({ length: 5 }, () => getHostname(libvirt));
    await daemon.hasReceived(procedures.connectGetHostname, 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(waiting.length).toBe(2);
    for (let answered = 0; answered < 5; answered++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(answered);
      waiting[answered]?.reply((to) => to.text(`${answered}`));
    }
    await expect(Promise.all(calls)).resolves.toEqual(['0', '1', '2', '3', '4']);
  });

  it('can be many', async () => {
    const libvirt = await open();
    daemon.handlers.set(procedures.domainLookupByName.number, ({ payload, reply }) => {
      const name = text.read(payload);
      reply((to) => {
        to.text(name);
        to.fixed(Buffer.alloc(16));
        to.int(-1);
      });
    });
    const names = Array.from({ length: 5000 }, (_, index) => `vm-${index}`);
    const found = await Promise.all(names.map((name) => libvirt.call(procedures.domainLookupByName, [name])));
    expect(found.map(({ name }) => name)).toEqual(names);
  });
});

describe('giving up on a call', () => {
  it('by its deadline', async () => {
    const libvirt = await open();
    const failure = await getHostname(libvirt, { timeoutMs: 30 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallTimeoutError);
    expect(failure).toMatchObject({ procedure: 'connectGetHostname', wasSent: true });
  });

  it('by the connection’s deadline, which lasting calls do not have', async () => {
    const libvirt = await open({ callTimeoutMs: 30 });
    const domain = { name: 'vm', uuid: '11111111-1111-4111-8111-111111111111', id: 1 };
    const save = libvirt.call(procedures.domainManagedSave, [domain, []]);
    await expect(getHostname(libvirt)).rejects.toThrow(CallTimeoutError);
    await expect(Promise.race([save, Promise.resolve('still waiting')])).resolves.toBe('still waiting');
    daemon.handlers.set(procedures.connectGetUri.number, ({ reply }) => reply((to) => to.text('uri')));
    for (const socket of daemon.sockets) socket.destroy();
    await expect(save).rejects.toThrow(ConnectionClosedError);
  });

  it('by a signal, before and after it was sent', async () => {
    const libvirt = await open();
    await expect(getHostname(libvirt, { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow(
      'no more',
    );
    expect(daemon.received).not.toContain(procedures.connectGetHostname.number);
    const controller = new AbortController();
    const call = getHostname(libvirt, { signal: controller.signal });
    await daemon.hasReceived(procedures.connectGetHostname);
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
  });

  it('ignores the answer that comes too late', async () => {
    const libvirt = await open();
    const waiting: Received[] = [];
    daemon.handlers.set(procedures.connectGetHostname.number, (received) => waiting.push(received));
    await expect(getHostname(libvirt, { timeoutMs: 20 })).rejects.toThrow(CallTimeoutError);
    waiting[0]?.reply((to) => to.text('late'));
    answerHostname('in time');
    await expect(getHostname(libvirt)).resolves.toBe('in time');
  });

  it('keeps the place of a call that was sent, and says of those behind it that they were not', async () => {
    const libvirt = await open({ maxInFlight: 1 });
    const waiting: Received[] = [];
    daemon.handlers.set(procedures.connectGetHostname.number, (received) => waiting.push(received));
    await expect(getHostname(libvirt, { timeoutMs: 20 })).rejects.toMatchObject({ wasSent: true });
    await expect(getUri(libvirt, { timeoutMs: 20 })).rejects.toMatchObject({ wasSent: false });
    waiting[0]?.reply((to) => to.text('late'));
    answerHostname('host');
    await expect(getHostname(libvirt)).resolves.toBe('host');
    expect(daemon.received).not.toContain(procedures.connectGetUri.number);
  });
});

describe('the end of a connection', () => {
  it('fails every call that is unanswered, with what is known of it', async () => {
    const libvirt = await open({ maxInFlight: 1 });
    const sent = getHostname(libvirt).catch((error: unknown) => error);
    const queued = getUri(libvirt).catch((error: unknown) => error);
    await daemon.hasReceived(procedures.connectGetHostname);
    for (const socket of daemon.sockets) socket.destroy();
    expect(await sent).toBeInstanceOf(ConnectionClosedError);
    expect(await sent).toMatchObject({ wasSent: true, message: 'connectGetHostname: the daemon hung up' });
    expect(await queued).toMatchObject({ wasSent: false });
    expect(libvirt.isClosed).toBe(true);
    await expect(libvirt.closed).resolves.toMatchObject({ message: 'the daemon hung up' });
    await expect(getHostname(libvirt)).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      wasSent: false,
    });
  });

  it('comes in the middle of a frame', async () => {
    const libvirt = await open();
    daemon.handlers.set(procedures.connectGetHostname.number, ({ socket }) =>
      socket.end(Buffer.from('000000402000', 'hex')),
    );
    await expect(getHostname(libvirt)).rejects.toThrow(ConnectionClosedError);
  });

  it.each([
    ['bytes that are no frame', (socket: Received['socket']) => socket.write('HTTP/1.1 400 Bad Request\r\n')],
    [
      'an answer to a call that was never made',
      (socket: Received['socket']) =>
        socket.write(
          rawFrame(
            {
              program: 0x20008086,
              version: 1,
              procedure: 1,
              type: messageType.reply,
              serial: 999,
              status: 0,
            },
            new Uint8Array(),
          ),
        ),
    ],
    [
      'a call',
      (socket: Received['socket']) =>
        socket.write(
          rawFrame(
            { program: 0x20008086, version: 1, procedure: 1, type: messageType.call, serial: 1, status: 0 },
            new Uint8Array(),
          ),
        ),
    ],
  ])('follows %s', async (_name, misbehave) => {
    const libvirt = await open();
    daemon.handlers.set(procedures.connectGetHostname.number, ({ socket }) => misbehave(socket));
    await expect(getHostname(libvirt)).rejects.toThrow(ConnectionClosedError);
    expect(libvirt.isClosed).toBe(true);
  });

  it('is announced when it is our own doing, and fails what is unanswered', async () => {
    const libvirt = await open();
    const call = getHostname(libvirt).catch((error: unknown) => error);
    await libvirt.close();
    expect(await call).toMatchObject({ message: expect.stringContaining('closed on this side') as string });
    expect(daemon.received).toContain(procedures.connectClose.number);
    await libvirt.close();
  });
});
