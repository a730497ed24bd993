import { Duplex, PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { newId } from '@nephos/model/kernel/ids.ts';
import { expect, test } from 'vitest';
import { SerialConsoles } from './serial-consoles.ts';

/** A port whose guest writes and reads. */
function aPort() {
  const fromGuest = new PassThrough();
  const toGuest = new PassThrough();
  const port = Duplex.from({ readable: fromGuest, writable: toGuest });
  return { port, fromGuest, toGuest };
}

const shownTo = (viewer: Duplex) => (viewer.read() as Buffer | null)?.toString() ?? '';

test('all viewers see the same, and who comes later sees the last of it', async () => {
  const consoles = new SerialConsoles();
  const machineId = newId('VirtualMachine');
  const { port, fromGuest } = aPort();
  let opened = 0;
  const open = () => {
    opened++;
    return Promise.resolve(port);
  };
  const [first, second] = await Promise.all([consoles.view(machineId, open), consoles.view(machineId, open)]);
  fromGuest.write('login: ');
  await turn();
  const third = await consoles.view(machineId, open);
  expect([first, second, third].map(shownTo)).toEqual(['login: ', 'login: ', 'login: ']);
  expect(opened).toBe(1);
});

test('every viewer types into the one port', async () => {
  const consoles = new SerialConsoles();
  const machineId = newId('VirtualMachine');
  const { port, toGuest } = aPort();
  const open = () => Promise.resolve(port);
  const first = await consoles.view(machineId, open);
  const second = await consoles.view(machineId, open);
  first.write('a');
  second.write('b');
  await turn();
  expect(shownTo(toGuest)).toBe('ab');
});

test('the port is closed with the last viewer, and opened again for the next', async () => {
  const consoles = new SerialConsoles();
  const machineId = newId('VirtualMachine');
  const ports: Duplex[] = [];
  const open = () => {
    const { port } = aPort();
    ports.push(port);
    return Promise.resolve(port);
  };
  const first = await consoles.view(machineId, open);
  const second = await consoles.view(machineId, open);
  first.destroy();
  await turn();
  expect(ports[0]?.destroyed).toBe(false);
  second.destroy();
  await turn();
  expect(ports[0]?.destroyed).toBe(true);
  await consoles.view(machineId, open);
  expect(ports).toHaveLength(2);
});

test('a machine that goes off ends what its viewers see', async () => {
  const consoles = new SerialConsoles();
  const { port } = aPort();
  const viewer = await consoles.view(newId('VirtualMachine'), () => Promise.resolve(port));
  const ended = new Promise((resolve) => viewer.once('end', resolve));
  viewer.resume();
  port.destroy();
  await ended;
});

test('a port that cannot be opened is tried again by the next who comes', async () => {
  const consoles = new SerialConsoles();
  const machineId = newId('VirtualMachine');
  await expect(
    consoles.view(machineId, () => Promise.reject(new Error('the machine is off'))),
  ).rejects.toThrow('the machine is off');
  const { port } = aPort();
  await consoles.view(machineId, () => Promise.resolve(port));
});

test('a viewer that does not read is let go, and holds up nobody', async () => {
  const consoles = new SerialConsoles();
  const machineId = newId('VirtualMachine');
  const { port, fromGuest } = aPort();
  const open = () => Promise.resolve(port);
  const sleeping = await consoles.view(machineId, open);
  const reading = await consoles.view(machineId, open);
  reading.resume();
  for (let count = 0; count < 40; count++) {
    fromGuest.write(Buffer.alloc(64 * 1024));
    await turn();
  }
  expect([sleeping.destroyed, reading.destroyed]).toEqual([true, false]);
});
