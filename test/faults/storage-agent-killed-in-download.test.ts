import path from 'node:path';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalled } from '../support/command-journal.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { StorageProcess } from '../support/storage-process.ts';
import { serveFiles, tinyQcow2 } from '../support/web-files.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

const around = new AsyncDisposableStack();
let world: World;
let storage: StorageProcess;

beforeAll(async () => {
  world = around.use(await startWorld());
  // The same agent, by its folder, in a process of its own.
  await world.zone.stopStorage();
  storage = new StorageProcess({
    serverUrl: world.server.agentUrl,
    folder: path.join(world.zone.folder, 'storage'),
    tokenFile: '',
  });
  around.defer(() => storage.kill());
  await storage.launch();
});

afterAll(async () => {
  await around.disposeAsync();
});

test('a download that was cut short is begun anew and leaves nothing of the first', async () => {
  const { server, zone } = world;
  const disk = tinyQcow2();
  const half = disk.length / 2;
  const requests: ServerResponse[] = [];
  await using files = await serveFiles({
    '/disk.qcow2': (_request, response) => {
      requests.push(response);
      response.writeHead(200, { 'content-length': disk.length });
      if (requests.length === 1) response.write(disk.subarray(0, half));
      else response.end(disk);
    },
  });
  const jobId = await beginJob(server.admin, 'registerTemplate', 'RegisterTemplateInput', {
    zoneId: zone.zoneId,
    name: 'slow',
    url: `${files.url}/disk.qcow2`,
    format: 'QCOW2',
  });
  await eventually(
    async () => ({ asked: requests.length, names: await zone.filesInImageStore() }),
    // The file is made before the first byte is asked for.
    ({ asked, names }) => asked === 1 && names.some((name) => name.endsWith('.unfinished')),
  );
  await storage.kill();
  await storage.launch();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(requests).toHaveLength(2);
  const journal = journalled(path.join(zone.folder, 'storage'), 'image.download');
  expect(journal.filter(({ commandId }) => commandId.startsWith(jobId))).toMatchObject([
    { outcome: 'INTERRUPTED' },
    { outcome: 'SUCCEEDED' },
  ]);
  await world.expectBalancedBooks();
});
