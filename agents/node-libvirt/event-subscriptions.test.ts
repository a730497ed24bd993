import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { encodeFrame, messageStatus, messageType } from './frame.ts';
import { procedures } from './procedures.ts';
import { XdrError } from './xdr.ts';

let daemon: FakeDaemon;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
});

afterEach(() => daemon[Symbol.asyncDispose]());

function openIt(options: { onListenerError?: (error: unknown) => void } = {}): Promise<Libvirt> {
  return Libvirt.open({ socketPath: daemon.socketPath, uri: 'test:///default', ...options });
}

describe('events', () => {
  const domain = (to: {
    text(value: string): void;
    fixed(value: Uint8Array): void;
    int(value: number): void;
  }) => {
    to.text('vm');
    to.fixed(Buffer.alloc(16, 0x11));
    to.int(3);
  };
  let registered = 0;

  beforeEach(() => {
    registered = 0;
    daemon.handlers.set(procedures.domainEventRegister.number, ({ reply }) =>
      reply((to) => to.int(++registered)),
    );
    daemon.handlers.set(procedures.domainEventDeregister.number, ({ reply }) => reply());
  });

  function emit(procedure: number, ...details: number[]): void {
    const header = {
      program: 0x20008086,
      version: 1,
      procedure,
      type: messageType.message,
      serial: 0,
      status: messageStatus.ok,
    };
    const frame = encodeFrame(header, (to) => {
      to.int(1);
      domain(to);
      for (const detail of details) to.int(detail);
    });
    for (const socket of daemon.sockets) socket.write(frame);
  }

  it('reach every listener, and only those of their kind', async () => {
    const libvirt = await openIt();
    const heard: string[] = [];
    await libvirt.subscribe(['LIFECYCLE'], (event) =>
      heard.push(`a ${event.change} ${event.detail} ${event.domain.id}`),
    );
    await libvirt.subscribe(['LIFECYCLE', 'REBOOT'], (event) => heard.push(`b ${event.kind}`));
    expect(registered).toBe(2);
    emit(318, 2, 0);
    emit(319);
    await expect.poll(() => heard).toEqual(['a STARTED BOOTED 3', 'b LIFECYCLE', 'b REBOOT']);
  });

  it('go on after a listener has thrown or rejected, which is reported', async () => {
    const errors: unknown[] = [];
    const libvirt = await openIt({ onListenerError: (error) => errors.push(error) });
    const heard: string[] = [];
    await libvirt.subscribe(['REBOOT'], () => {
      throw new Error('thrown');
    });
    await libvirt.subscribe(['REBOOT'], () => Promise.reject(new Error('rejected')));
    await libvirt.subscribe(['REBOOT'], (event) => heard.push(event.domain.name));
    emit(319);
    await expect.poll(() => errors.length).toBe(2);
    expect(heard).toEqual(['vm']);
    expect(errors.map((error) => (error as Error).message)).toEqual(['thrown', 'rejected']);
  });

  it('that cannot be read are reported and do no harm', async () => {
    const errors: unknown[] = [];
    const libvirt = await openIt({ onListenerError: (error) => errors.push(error) });
    await libvirt.subscribe(['LIFECYCLE'], () => undefined);
    emit(318);
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]).toBeInstanceOf(XdrError);
    expect(libvirt.isClosed).toBe(false);
  });

  it('stop with the last listener', async () => {
    const libvirt = await openIt();
    const heard: string[] = [];
    const one = await libvirt.subscribe(['REBOOT'], () => heard.push('one'));
    const two = await libvirt.subscribe(['REBOOT'], () => heard.push('two'));
    await one.close();
    expect(daemon.received).not.toContain(procedures.domainEventDeregister.number);
    emit(319);
    await expect.poll(() => heard).toEqual(['two']);
    await two.close();
    expect(daemon.received).toContain(procedures.domainEventDeregister.number);
    await libvirt.subscribe(['REBOOT'], () => heard.push('three'));
    expect(registered).toBe(2);
  });

  it('are not subscribed to when the daemon refuses', async () => {
    const libvirt = await openIt();
    daemon.handlers.set(procedures.domainEventRegister.number, ({ fail }) => fail(3, 'no events here'));
    await expect(libvirt.subscribe(['REBOOT'], () => undefined)).rejects.toThrow('no events here');
  });
});
