import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let id: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  const { machine } = await deploy(server.admin, {
    name: 'serial',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  id = machine.id;
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Somebody at the machine's serial port. */
class Viewer {
  readonly socket: WebSocket;
  shown = '';
  readonly closed: Promise<number>;
  #changed = Promise.withResolvers<undefined>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.shown += data.toString();
      this.#changed.resolve(undefined);
      this.#changed = Promise.withResolvers();
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async come(): Promise<Viewer> {
    const { createConsoleAccess } = await server.admin.ask<{ createConsoleAccess: { path: string } }>(
      `mutation ($input: CreateConsoleAccessInput!) { createConsoleAccess(input: $input) { path } }`,
      { input: { virtualMachineId: id, kind: 'SERIAL' } },
    );
    expect(createConsoleAccess.path).toMatch(/^\/console\/serial\//);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${createConsoleAccess.path}`, 'binary');
    const viewer = new Viewer(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return viewer;
  }

  async sees(text: string): Promise<void> {
    while (!this.shown.includes(text)) await this.#changed.promise;
  }
}

test('two people at one serial port see the same, whoever types', async () => {
  const first = await Viewer.come();
  await first.sees('serial login: ');
  const second = await Viewer.come();
  await second.sees('serial login: ');
  first.socket.send('root');
  await Promise.all([first.sees('root'), second.sees('root')]);
  second.socket.send('-too');
  await Promise.all([first.sees('root-too'), second.sees('root-too')]);
  first.socket.close();
  await first.closed;
  second.socket.send('!');
  await second.sees('root-too!');
  second.socket.close();
  await second.closed;
});

test('a machine that goes off ends it', async () => {
  const viewer = await Viewer.come();
  await viewer.sees('login: ');
  await change(server.admin, 'stopVirtualMachine', { id, isForced: true });
  await viewer.closed;
});
