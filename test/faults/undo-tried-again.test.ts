import { mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { serveFiles } from '../support/web-files.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test('an undo that failed is really tried again, not only asked about', async () => {
  const { server, zone } = world;
  const isReady = Promise.withResolvers<undefined>();
  await using files = await serveFiles({
    '/disc.iso': (_request, response) => void isReady.promise.then(() => response.writeHead(404).end()),
  });
  const { registerIso } = await server.admin.ask<{
    registerIso: { iso: { id: string }; job: { id: string } };
  }>('mutation ($input: RegisterIsoInput!) { registerIso(input: $input) { iso { id } job { id } } }', {
    input: { zoneId: zone.zoneId, name: 'blocked', url: `${files.url}/disc.iso` },
  });
  // A folder in the file's place cannot be removed as a file.
  const obstacle = path.join(zone.folder, 'images', `${registerIso.iso.id}.iso`);
  mkdirSync(obstacle);
  isReady.resolve(undefined);
  await server.process.logged(({ msg }) => msg === 'undo failed');
  rmdirSync(obstacle);
  expect(await followJob(server.admin, registerIso.job.id)).toMatchObject({
    status: 'FAILED',
    steps: [{ name: 'download', status: 'UNDONE' }],
  });
  await world.expectBalancedBooks();
});
