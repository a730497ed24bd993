import type { RunCounters } from '@nephos/agent-protocol/statistics.ts';
import { newId, parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { CounterIntake } from '@nephos/server/billing/counters/counter-intake.ts';
import { billAll } from '@nephos/server/billing/counters/run-store.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { eventually } from '../support/eventually.ts';
import { allHosts } from '../support/hosts.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

type HostRow = { id: Id<'Host'>; agentId: Id<'Agent'> };

let server: TestServer;
let zone: TestZone;
let intake: CounterIntake;
let machineId: Id<'VirtualMachine'>;
let hosts: [HostRow, HostRow];
const clock = new ShiftedClock();

beforeAll(async () => {
  server = await startTestServer();
  // Nobody reports but this test.
  await changeSetting(server.admin, 'vm.stats.interval', '3600');
  zone = await createTestZone(server, { hosts: 2 });
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const serviceOffering = await serviceOfferingId(server.admin);
  const { machine } = await deploy(server.admin, {
    ...{ name: 'web', zoneId: zone.zoneId, serviceOfferingId: serviceOffering, templateId },
  });
  machineId = parseId('VirtualMachine', machine.id);
  const [one, other] = await server.db.selectFrom('Host').select(['id', 'agentId']).execute();
  hosts = [one!, other!];
  // What their agents measure of their own accord would be billed too.
  for (const host of [0, 1]) await zone.simulator.ask({ ask: 'disconnect', host });
  intake = new CounterIntake({ ...server.application.platform, clock });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await server.db.deleteFrom('MachineRun').execute();
  await server.db.deleteFrom('UsageEventPending').execute();
  await server.db.deleteFrom('UsageEvent').execute();
});

/** A reading in which all counters stand at so many. */
const reading = (runId: string, cpu: number, sent: number, readBytes = 0): RunCounters => ({
  ...{ machineId, runId, cpuNanoseconds: BigInt(cpu) },
  ...{ networkTxBytes: BigInt(sent), networkRxBytes: 0n, diskReadBytes: BigInt(readBytes) },
  ...{ diskWriteBytes: 0n, diskReads: 0n, diskWrites: 0n },
});

const standsOn = ({ id }: HostRow, last: HostRow | null = null) =>
  server.db
    .updateTable('VirtualMachine')
    .set({ hostId: id, lastHostId: last?.id ?? null })
    .where('id', '=', machineId)
    .execute();

const tell = ({ agentId }: HostRow, runs: RunCounters[], at = clock.now()) =>
  intake.onStatistics(agentId, { runs } as never, at);

const bill = () => server.db.transaction().execute((tx) => billAll(tx));

/** What events say, of each kind in turn. */
async function billed(): Promise<Record<string, number[]>> {
  // In one statement: the sequencer moves them from one table to the other.
  const { rows } = await sql<{ kind: string; quantity: string }>`
    select "kind", "attributes"->>'quantity' as "quantity", 0 as "pending", "seq" as "place" from "UsageEvent"
    union all
    select "kind", "attributes"->>'quantity', 1, "position" from "UsageEventPending"
    order by "pending", "place"`.execute(server.db);
  const kinds: Record<string, number[]> = {};
  for (const { kind, quantity } of rows) (kinds[kind] ??= []).push(Number(quantity));
  return kinds;
}

test('what grew is billed once, and nothing where nothing grew', async () => {
  const [host] = hosts;
  await standsOn(host);
  await tell(host, [reading('a', 1, 100)]);
  await tell(host, [reading('a', 2, 250, 7)]);
  await bill();
  await tell(host, [reading('a', 3, 250, 9)]);
  await bill();
  await bill();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [250], VM_DISK_BYTES_READ: [7, 2] });
});

test('a network card that goes takes its counter with it, and nothing of what it counted', async () => {
  const [host] = hosts;
  await standsOn(host);
  for (const [cpu, sent] of [
    [1, 1000],
    [2, 300],
    [3, 350],
  ] as const)
    await tell(host, [reading('a', cpu, sent)]);
  await bill();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [1050] });
});

test('a run that was not metered from its beginning counts from its first reading on', async () => {
  const [host] = hosts;
  await standsOn(host);
  const nothing = [0n, 0n, 0n, 0n, 0n, 0n];
  const { accountId, domainId, zoneId, name, offering } = await server.db
    .selectFrom('VirtualMachine')
    .innerJoin('Account', 'Account.id', 'accountId')
    .select(['accountId', 'domainId', 'zoneId', 'VirtualMachine.name', 'serviceOfferingId as offering'])
    .executeTakeFirstOrThrow();
  await server.db
    .insertInto('MachineRun')
    .values({
      ...{ virtualMachineId: machineId, runId: '', hostId: host.id, accountId, domainId, zoneId },
      ...{
        resourceName: name,
        serviceOfferingId: offering,
        cpuNanoseconds: 0n,
        readings: nothing,
        unbilled: nothing,
        readAt: new Date(),
      },
    })
    .execute();
  await tell(host, [reading('a', 5, 1_000_000)]);
  await tell(host, [reading('a', 6, 1_000_300)]);
  await tell(host, [reading('b', 1, 40)]);
  await bill();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [300, 40] });
});

test('a host says nothing of machines that are not, and were not, on it', async () => {
  const [host, other] = hosts;
  await standsOn(host);
  await tell(other, [reading('a', 1, 100)]);
  await bill();
  expect(await billed()).toEqual({});
});

test('each event tells of one period, and what is left of one is billed when it is over', async () => {
  const [host] = hosts;
  await standsOn(host);
  await changeSetting(server.admin, 'usage.stats.job.aggregation.range', '60');
  await changeSetting(server.admin, 'usage.aggregation.timezone', 'Asia/Kolkata');
  // An hour of India's ends. Tomorrow: the server itself looks for what is over, too, and must not find it.
  const half = new Date(Date.now() + 86_400_000).setUTCMinutes(30, 0, 0);
  await tell(host, [reading('a', 1, 100)], new Date(half - 61_000));
  await tell(host, [reading('a', 2, 130)], new Date(half - 1000));
  await tell(host, [reading('a', 3, 135)], new Date(half + 59_000));
  await tell(host, [reading('a', 4, 136)], new Date(half + 119_000));
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [130] });
  const later = new ShiftedClock();
  later.pass(2 * 86_400);
  await new CounterIntake({ ...server.application.platform, clock: later }).look();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [130, 6] });
  await changeSetting(server.admin, 'usage.stats.job.aggregation.range', null);
  await changeSetting(server.admin, 'usage.aggregation.timezone', null);
});

test('a run that is over is billed soon and forgotten later; one that goes on, unheard, is not', async () => {
  const [host, other] = hosts;
  await standsOn(other, host);
  const longAgo = new Date(Date.now() - 5 * 86_400_000);
  await tell(host, [reading('a', 1, 100)], longAgo);
  await tell(other, [reading('b', 1, 10)], longAgo);
  await intake.look();
  await intake.look();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [100, 10] });
  expect(
    (await server.db.selectFrom('MachineRun').select('runId').execute()).map(({ runId }) => runId),
  ).toEqual(['b']);
});

test('what the machines of an account did that is deleted by now is billed in its domain', async () => {
  const [host] = hosts;
  await standsOn(host);
  await tell(host, [reading('a', 1, 100)]);
  const { domainId } = await server.db
    .updateTable('MachineRun')
    .set({ accountId: newId('Account') })
    .returning('domainId')
    .executeTakeFirstOrThrow();
  // It waits for the end of the period, and is not forgotten.
  await intake.look();
  await bill();
  expect(await billed()).toEqual({ NETWORK_BYTES_SENT: [100] });
  const told = await eventually(
    () => server.db.selectFrom('UsageEvent').select('domainId').execute(),
    (events) => events.length === 1,
  );
  expect(told).toEqual([{ domainId }]);
});

/** One thing that happens to a machine, or to what is said of it. */
const happening = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('works' as const), bytes: fc.nat(1_000_000) }) },
  { weight: 5, arbitrary: fc.constant({ what: 'reports' as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('repeats' as const), which: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('restarts' as const), isRead: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('migrates' as const), isRead: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ what: 'bills' as const }) },
);

test('restarts, moves, and reports that come twice, late or never: each byte that was read is billed once', async () => {
  let runs = 0;
  const life = fc.array(happening, { minLength: 5, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(life, async (happenings) => {
      await server.db.deleteFrom('MachineRun').execute();
      await server.db.deleteFrom('UsageEventPending').execute();
      await server.db.deleteFrom('UsageEvent').execute();
      const sent: { host: HostRow; run: RunCounters }[] = [];
      const most = new Map<string, number>();
      let [now, before] = hosts;
      let [runId, cpu, bytes] = [`run-${++runs}`, 0, 0];
      const report = async () => {
        const said = { host: now, run: reading(runId, ++cpu, bytes) };
        sent.push(said);
        most.set(runId, bytes);
        await tell(said.host, [said.run]);
      };
      const begin = () => ([runId, cpu, bytes] = [`run-${++runs}`, 0, 0]);
      await standsOn(now);
      for (const each of happenings) {
        if (each.what === 'works') [cpu, bytes] = [cpu + 1, bytes + each.bytes];
        else if (each.what === 'reports') await report();
        else if (each.what === 'bills') await bill();
        else if (each.what === 'repeats') {
          const again = sent[each.which % Math.max(1, sent.length)];
          if (again !== undefined) await tell(again.host, [again.run]);
        } else {
          if (each.isRead) await report();
          if (each.what === 'migrates') {
            [now, before] = [before, now];
            await standsOn(now, before);
          }
          begin();
        }
      }
      await bill();
      const total = ((await billed()).NETWORK_BYTES_SENT ?? []).reduce((sum, each) => sum + each, 0);
      expect(total).toBe([...most.values()].reduce((sum, each) => sum + each, 0));
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
}, 40_000);

test('a host’s agent reads counters for the last time before it stops a machine', async () => {
  for (const host of [0, 1]) await zone.simulator.ask({ ask: 'connect', host });
  await eventually(
    () => allHosts(server.admin),
    (all) => all.every(({ linkState }) => linkState === 'UP'),
  );
  const { machine } = await deploy(server.admin, {
    ...{ name: 'short', zoneId: zone.zoneId, serviceOfferingId: await serviceOfferingId(server.admin) },
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await change(server.admin, 'stopVirtualMachine', { id: machine.id });
  await zone.simulator.ask({ ask: 'sample' });
  const [run] = await eventually(
    () =>
      server.db
        .selectFrom('MachineRun')
        .selectAll()
        .where('virtualMachineId', '=', machine.id as never)
        .execute(),
    (found) => found.length > 0,
  );
  expect(run?.unbilled.some((count) => count > 0n)).toBe(true);
});
