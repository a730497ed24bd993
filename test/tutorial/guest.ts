import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { getMachine } from '../support/machines.ts';
import { expect } from './step.ts';
import type { World } from './world.ts';

const run = promisify(execFile);
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Exit code of `ping`. */
const noAnswer = 1;

/** What a guest's page says of it. */
interface GuestPage {
  hostname: string;
  ip: string;
  mac: string;
  boots: string;
}

/** Runs a program where the guests' network is. */
export async function runBesideGuests(
  world: World,
  command: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { networkNamespace } = world.hypervisor;
  const enter = networkNamespace === null ? [] : ['ip', 'netns', 'exec', networkNamespace];
  const [program = '', ...args] = [...enter, ...command];
  const { stdout } = await run(program, args, { signal, env: { PATH: systemPath } });
  return stdout;
}

async function addressesOf(
  world: World,
  machineId: string,
): Promise<{ ipAddress: string; macAddress: string }> {
  const { virtualMachine } = await world.admin.ask<{
    virtualMachine: { nics: { ipAddress: string; macAddress: string }[] };
  }>('query ($id: ID!) { virtualMachine(id: $id) { nics { ipAddress macAddress } } }', { id: machineId });
  const [nic] = virtualMachine.nics;
  expect(nic !== undefined, 'the machine has no network card');
  return nic;
}

/** Pings a machine until it answers. @returns its address */
export async function ping(world: World, machineId: string, signal: AbortSignal): Promise<string> {
  const { ipAddress } = await addressesOf(world, machineId);
  for (;;) {
    // One at a time: while nobody has the address yet, ping gives up at the first word of it.
    const attempt = runBesideGuests(world, ['ping', '-n', '-c', '1', '-W', '1', ipAddress], signal);
    const failure = await attempt.then(
      () => undefined,
      (error: unknown) => error as Error & { code?: unknown },
    );
    if (failure === undefined) return ipAddress;
    signal.throwIfAborted();
    if (failure.code !== noAnswer) throw failure;
  }
}

/**
 * Waits until a machine's guest answers after a boot that it has not answered after before, and compares what it says
 * of itself with what Nephos says.
 * @returns what it says
 */
export async function answersAnew(world: World, machineId: string, signal: AbortSignal): Promise<string> {
  const [machine, nic] = await Promise.all([
    getMachine(world.admin, machineId),
    addressesOf(world, machineId),
  ]);
  const script = path.join(import.meta.dirname, 'fetch-page.ts');
  const boots = String(world.boots.get(machineId) ?? 0);
  const command = [process.execPath, script, `http://${nic.ipAddress}/`, boots];
  const said = readPage(await runBesideGuests(world, command, signal));
  const expected = { hostname: machine.name, ip: nic.ipAddress, mac: nic.macAddress, boots: said.boots };
  const [saidText, expectedText] = [describe(said), describe(expected)];
  expect(saidText === expectedText, `the guest says ${saidText}, Nephos says ${expectedText}`);
  world.boots.set(machineId, Number(said.boots));
  return saidText;
}

function readPage(page: string): GuestPage {
  const [machine = ''] = page.split('\n', 1);
  const facts = Object.fromEntries(machine.split(' ').map((word) => word.split('=', 2) as [string, string]));
  const { hostname = '', ip = '', mac = '', boots = '' } = facts;
  return { hostname, ip, mac, boots };
}

const describe = ({ hostname, ip, mac, boots }: GuestPage) => `${hostname}, ${ip}, ${mac}, boot ${boots}`;
