import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { releaseStuckProbes } from './libvirt-probing.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'probing-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('gives a probe that hangs the connection that it waits for, and leaves others alone', async () => {
  const connected: string[] = [];
  for (const name of ['qmp-one', 'domain-1-vm']) {
    await mkdir(path.join(folder, name));
    const server = net
      .createServer(() => connected.push(name))
      .listen(path.join(folder, name, 'qmp.monitor'));
    server.unref();
  }
  await mkdir(path.join(folder, 'qmp-without-socket'));
  releaseStuckProbes(folder, 60_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(connected).toEqual([]);
  releaseStuckProbes(folder, 0);
  await expect.poll(() => connected).toEqual(['qmp-one']);
});

it('does nothing where there is nothing', () => {
  releaseStuckProbes(path.join(folder, 'nowhere'), 0);
});
