import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { followEvents } from '../support/event-stream.ts';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let machineId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  const { machine } = await deploy(server.admin, {
    // Takes the whole grace to stop.
    name: 'ignores-power-button',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  machineId = machine.id;
  await changeSetting(server.admin, 'vm.stop.grace', '1');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

type Follow = <Data>(
  query: string,
  variables?: Record<string, unknown>,
) => AsyncGenerator<Data, void, undefined>;

const transports: Record<string, Follow> = {
  'graphql-ws': (query, variables) => server.admin.follow(query, variables),
  'server-sent events': (query, variables) =>
    followEvents(server.url, server.admin.authorization, { query, ...(variables && { variables }) }),
};

/** Changes a row, but nothing of it, until those who follow it were told: until a subscription is there nobody is. */
async function touchUntil(table: 'VirtualMachine' | 'Host', isTold: () => boolean): Promise<void> {
  await eventually(async () => {
    await sql`update ${sql.table(table)} set "updatedAt" = now()`.execute(server.db);
    return isTold();
  }, Boolean);
}

/** Collects until an item is the last. */
async function until<Item>(
  items: AsyncIterable<Item>,
  isLast: (item: Item) => boolean,
  seen: Item[] = [],
): Promise<Item[]> {
  for await (const item of items) {
    seen.push(item);
    if (isLast(item)) break;
  }
  return seen;
}

describe.each(Object.entries(transports))('over %s', (_name, follow) => {
  test('a machine’s states are pushed as they change', async () => {
    interface Seen {
      virtualMachineChanged: { operation: string; virtualMachine: { state: string } | null };
    }
    const items = follow<Seen>(
      'subscription ($id: ID) { virtualMachineChanged(id: $id) { operation virtualMachine { state } } }',
      { id: machineId },
    );
    const told: Seen[] = [];
    const isStopped = (item: Seen) => item.virtualMachineChanged.virtualMachine?.state === 'STOPPED';
    const states = until(items, isStopped, told);
    await touchUntil('VirtualMachine', () => told.length > 0);
    await change(server.admin, 'stopVirtualMachine', { id: machineId });
    const seen = (await states).map((item) => item.virtualMachineChanged.virtualMachine?.state);
    expect(seen).toContain('STOPPING');
    expect(seen.at(-1)).toBe('STOPPED');
    await change(server.admin, 'startVirtualMachine', { id: machineId });
  });

  test('a job is followed to its end, also one that is over', async () => {
    interface Seen {
      jobUpdated: { status: string; progress: number };
    }
    const { rebootVirtualMachine } = await server.admin.ask<{
      rebootVirtualMachine: { job: { id: string } };
    }>('mutation ($id: ID!) { rebootVirtualMachine(input: { id: $id }) { job { id } } }', { id: machineId });
    const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { status progress } }';
    const { id } = rebootVirtualMachine.job;
    // The stream ends by itself: nothing here says which item is the last.
    const seen = await until(follow<Seen>(query, { id }), () => false);
    expect(seen.at(-1)).toEqual({ jobUpdated: { status: 'SUCCEEDED', progress: 100 } });
    expect(await until(follow<Seen>(query, { id }), () => false)).toEqual([seen.at(-1)]);
  });

  test('changes come from a cursor on, each once and in order', async () => {
    interface Seen {
      changes: { cursor: string; changes: { cursor: string; kind: string; id: string; version: number }[] };
    }
    const { changeCursor } = await server.admin.ask<{ changeCursor: string }>('{ changeCursor }');
    await change(server.admin, 'stopVirtualMachine', { id: machineId });
    await change(server.admin, 'startVirtualMachine', { id: machineId });
    const { virtualMachine } = await server.admin.ask<{ virtualMachine: { version: number } }>(
      'query ($id: ID!) { virtualMachine(id: $id) { version } }',
      { id: machineId },
    );
    const query = `subscription ($after: Cursor, $ids: [ID!]) {
      changes(after: $after, filter: { ids: $ids }) { cursor changes { cursor kind id version } }
    }`;
    const read = async (after: string) => {
      const batches = follow<Seen>(query, { after, ids: [machineId] });
      const seen = await until(batches, ({ changes }) =>
        changes.changes.some(({ version }) => version === virtualMachine.version),
      );
      return seen.flatMap(({ changes }) => changes.changes);
    };
    const all = await read(changeCursor);
    const versions = all.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
    expect(versions.length).toBeGreaterThanOrEqual(4);
    // From the middle: the rest and nothing else.
    expect(await read(all[1]!.cursor)).toEqual(all.slice(2));
  });

  test('a host that goes away is told of', async () => {
    interface Seen {
      hostStateChanged: { linkState: string };
    }
    const items = follow<Seen>('subscription { hostStateChanged { linkState } }');
    const told: Seen[] = [];
    const isGone = ({ hostStateChanged }: Seen) => hostStateChanged.linkState === 'DISCONNECTED';
    const gone = until(items, isGone, told);
    await touchUntil('Host', () => told.length > 0);
    await zone.simulator.kill();
    expect((await gone).at(-1)).toEqual({ hostStateChanged: { linkState: 'DISCONNECTED' } });
    await zone.simulator.launch();
  });
});

test('a machine’s counters come live', async () => {
  interface Seen {
    virtualMachineStatistics: { cpuSeconds: number; memory: number };
  }
  const samples = await until(
    server.admin.follow<Seen>(
      'subscription ($id: ID!) { virtualMachineStatistics(id: $id, intervalSeconds: 1) { cpuSeconds memory } }',
      { id: machineId },
    ),
    ({ virtualMachineStatistics }) => virtualMachineStatistics.cpuSeconds > 0,
  );
  expect(samples.at(-1)!.virtualMachineStatistics.memory).toBeGreaterThan(0);
});

test('a cursor that is none is refused', async () => {
  const items = server.admin.follow('subscription { changes(after: "bm90aGluZw") { cursor } }');
  await expect(items.next()).rejects.toMatchObject({
    code: expect.stringMatching(/VALIDATION_FAILED|CURSOR_EXPIRED/) as string,
  });
});
