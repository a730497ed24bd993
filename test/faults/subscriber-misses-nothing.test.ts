import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@nephos/model/kernel/ids.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import type { ApiClient } from '../support/api-client.ts';
import { ServerProcess } from '../support/server-process.ts';

interface Batch {
  changes: { cursor: string; changes: { id: string; cursor: string }[] };
}

const subscription = `subscription ($after: Cursor!) {
  changes(after: $after, filter: { kinds: ["ServiceOffering"] }) { cursor changes { id cursor } }
}`;

const writers = 24;
const longestMs = 4000;

const around = new AsyncDisposableStack();
let database: TestDatabase;
let first: ServerProcess;
let second: ServerProcess;

beforeAll(async () => {
  database = around.use(await createTestDatabase());
  first = around.use(await ServerProcess.start({ databaseUrl: database.url, leaseSeconds: 2 }));
  const { folder } = first;
  second = around.use(await ServerProcess.start({ databaseUrl: database.url, leaseSeconds: 2, folder }));
});

afterAll(async () => {
  await around.disposeAsync();
});

type Follow = (client: ApiClient, after: string) => AsyncIterable<Batch>;

const overWebSocket: Follow = (client, after) => client.follow<Batch>(subscription, { after });
const overEventStream: Follow = ({ url, authorization }, after) =>
  followEvents<Batch>(url, authorization, { query: subscription, variables: { after } });

/** Follows the feed on the first server, and from where that ended on the second. */
async function followOn(follow: Follow, start: string, seen: string[]): Promise<void> {
  let after = start;
  for (const { admin } of [first, second]) {
    try {
      for await (const { changes: batch } of follow(admin, after)) {
        seen.push(...batch.changes.map(({ id }) => id));
        after = batch.cursor;
      }
    } catch {
      // The server is gone.
    }
  }
}

/** Writes two rows in one transaction that stays open meanwhile. @returns their ids, if it was committed */
async function write(index: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const ids = [newId('ServiceOffering'), newId('ServiceOffering')];
  // Neighbours in the order of writing are far apart in the order of committing.
  const holdMs = ((index * 7) % writers) * (longestMs / writers);
  const isGivenUp = index % 6 === 5;
  try {
    await client.query('begin');
    for (const id of ids) {
      await client.query(
        `insert into "ServiceOffering" ("id", "name", "displayText", "cpuCount", "cpuMhz", "memoryBytes")
         values ($1, $1, '', 1, 500, 1048576)`,
        [id],
      );
      await sleep(holdMs / 2);
    }
    await client.query(isGivenUp ? 'rollback' : 'commit');
  } finally {
    await client.end();
  }
  return isGivenUp ? [] : ids;
}

test('who follows with a cursor sees everything once, whoever holds transactions open and whichever server dies', async () => {
  const { changeCursor } = await first.admin.ask<{ changeCursor: string }>('{ changeCursor }');
  const seen: [string[], string[]] = [[], []];
  void followOn(overWebSocket, changeCursor, seen[0]);
  void followOn(overEventStream, changeCursor, seen[1]);
  const writing = Array.from({ length: writers }, async (_, index) => {
    await sleep(index * 60);
    return write(index);
  });
  await eventually(
    () => seen,
    (lists) => lists.every(({ length }) => length > 2),
  );
  await first.kill();
  const written = (await Promise.all(writing)).flat();
  await eventually(
    () => seen.map(({ length }) => length),
    (lengths) => lengths.every((length) => length >= written.length),
  );
  // Whatever comes twice comes within this time.
  await sleep(1500);
  expect(seen[0].toSorted()).toEqual(written.toSorted());
  expect(seen[1], 'over server-sent events').toEqual(seen[0]);
});
