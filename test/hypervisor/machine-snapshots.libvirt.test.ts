import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeHost } from '../support/hosts.ts';
import { startLibvirtWorld, type LibvirtWorld } from '../support/libvirt-world.ts';
import { change, deploy } from '../support/machines.ts';
import { changeSnapshot, snapshot } from '../support/snapshots.ts';

let world: LibvirtWorld;
let id: string;

beforeAll(async () => {
  world = await startLibvirtWorld(2);
  const { machine } = await deploy(world.server.admin, world.machine('kept'));
  ({ id } = machine);
}, 180_000);

afterAll(() => world[Symbol.asyncDispose]());

const succeeded = { status: 'SUCCEEDED', error: null };

async function hostId(): Promise<string> {
  const { hostId: on } = await world.server.db
    .selectFrom('VirtualMachine')
    .select('hostId')
    .where('id', '=', id as never)
    .executeTakeFirstOrThrow();
  if (on === null) throw new Error('the machine is on no host');
  return on;
}

const inGuest = async (script: string) => world.hostOf(await hostId()).inGuest(id, '/bin/sh', '-c', script);
const revert = (snapshotId: string) =>
  changeSnapshot(world.server.admin, 'revertToVirtualMachineSnapshot', snapshotId);

/** Writes to the guest's disk, and to a file that is only in its memory. */
const write = (text: string) => inGuest(`echo ${text} > /note; sync; echo ${text} > /dev/note`);
const read = async () => {
  const [boot, disk, memory, counter] = (
    await inGuest('cat /proc/sys/kernel/random/boot_id /note /dev/note /dev/counter')
  ).split('\n');
  return { boot, disk, memory, counter: Number(counter) };
};

test('a guest goes back to where it was, on another host and from being off, and forth', async () => {
  const { admin } = world.server;
  await write('one');
  // Whoever reads the count, or keeps it in a snapshot, never finds it half written.
  const countOn = 'n=$((n+1)); echo $n > /dev/counting; mv /dev/counting /dev/counter; sleep 1';
  await inGuest(`echo 1 > /dev/counter; (n=1; while :; do ${countOn}; done) >/dev/null 2>&1 </dev/null &`);
  const then = await read();
  const { snapshotId, job } = await snapshot(admin, id, { name: 'one' });
  expect(job).toMatchObject(succeeded);
  await write('two');
  const first = await hostId();

  // A machine that libvirt knows snapshots of would not move.
  expect(await change(admin, 'migrateVirtualMachine', { id })).toMatchObject(succeeded);
  const second = await hostId();
  expect(second).not.toBe(first);
  const later = await read();
  expect(later).toMatchObject({ boot: then.boot, disk: 'two', memory: 'two' });
  const two = await snapshot(admin, id, { name: 'two' });
  expect(two.job).toMatchObject(succeeded);

  expect(await revert(snapshotId)).toMatchObject(succeeded);
  expect(await hostId()).toBe(second);
  const back = await read();
  expect(back).toMatchObject({ boot: then.boot, disk: 'one', memory: 'one' });
  expect(back.counter).toBeGreaterThan(0);

  await change(admin, 'stopVirtualMachine', { id, isForced: true });
  await changeHost(admin, 'disableHost', { id: second });
  expect(await revert(two.snapshotId)).toMatchObject(succeeded);
  await changeHost(admin, 'enableHost', { id: second });
  expect(await hostId()).toBe(first);
  const forth = await read();
  expect(forth).toMatchObject({ boot: then.boot, disk: 'two', memory: 'two' });
  expect(forth.counter).toBeGreaterThanOrEqual(later.counter);
  await world.expectBalancedBooks();
}, 240_000);

test('disks that were kept while the guest ran go back while it is off', async () => {
  const { admin } = world.server;
  const { snapshotId, job } = await snapshot(admin, id, { name: 'disks', withMemory: false });
  expect(job).toMatchObject(succeeded);
  expect(await changeSnapshot(admin, 'deleteVirtualMachineSnapshot', snapshotId)).toMatchObject(succeeded);
  const again = await snapshot(admin, id, { name: 'disks', withMemory: false });
  await change(admin, 'stopVirtualMachine', { id, isForced: true });
  expect(await revert(again.snapshotId)).toMatchObject(succeeded);
  await world.expectBalancedBooks();
  await change(admin, 'destroyVirtualMachine', { id });
  await change(admin, 'expungeVirtualMachine', { id });
  await world.expectBalancedBooks();
}, 120_000);
