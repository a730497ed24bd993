import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { allowLoopback } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { serveFiles, tinyQcow2 } from '../support/web-files.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let folder: string;
let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-paths-'));
  mkdirSync(path.join(folder, 'console'));
  mkdirSync(path.join(folder, 'console-secrets'));
  writeFileSync(path.join(folder, 'console', 'index.html'), 'the page');
  writeFileSync(path.join(folder, 'secret.txt'), 'top secret');
  writeFileSync(path.join(folder, 'console-secrets', 'secret.txt'), 'top secret');
  server = await startTestServer({ consoleFolder: path.join(folder, 'console') });
  zone = await createTestZone(server, { hosts: 1 });
  await allowLoopback(server.admin);
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A request as it stands; `fetch` would tidy the path up first. */
function get(target: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.end(`GET ${target} HTTP/1.1\r\nHost: nephos\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('the console’s files are all that is served:', () => {
  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/a/../../secret.txt',
    '//../secret.txt',
    '/../console-secrets/secret.txt',
    '/..%2fconsole-secrets%2fsecret.txt',
    '/%00/../secret.txt',
    '/....//secret.txt',
    '/etc/passwd%00.html',
  ])('%s', async (target) => {
    const answer = await get(target);
    expect(answer).toMatch(/^HTTP\/1.1 (200|400|404) /);
    expect(answer).not.toMatch(/top secret|root:/);
  });
});

const registerMutation = `mutation ($input: RegisterTemplateInput!) {
  registerTemplate(input: $input) { template { id } job { id } }
}`;

test.each(['../../climbed', '/etc/cron.d/climbed', '..', 'a/b', 'a\\b', 'climbed\u0000.qcow2'])(
  'a template is not called %j',
  async (name) => {
    const input = { zoneId: zone.zoneId, name, format: 'QCOW2', url: 'https://images.example.org/disk' };
    expect(await refusalOf(server.admin, registerMutation, { input })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  },
);

test('what a server says a file is called has no say in where it lies', async () => {
  const hostile = '/x/..%2f..%2f..%2fclimbed.qcow2';
  await using files = await serveFiles({
    [hostile]: (_request, response) => {
      const content = tinyQcow2();
      response
        .writeHead(200, {
          'content-length': content.length,
          'content-disposition': 'attachment; filename="../../../climbed.qcow2"',
        })
        .end(content);
    },
  });
  const { registerTemplate } = await server.admin.ask<{
    registerTemplate: { template: { id: string }; job: { id: string } };
  }>(registerMutation, {
    input: { zoneId: zone.zoneId, name: 'hostile', format: 'QCOW2', url: `${files.url}${hostile}` },
  });
  expect((await followJob(server.admin, registerTemplate.job.id)).status).toBe('SUCCEEDED');
  expect(await zone.filesInImageStore()).toEqual([`${registerTemplate.template.id}.qcow2`]);
  const all = readdirSync(zone.folder, { recursive: true }).map(String);
  expect(all.filter((name) => name.includes('climbed'))).toEqual([]);
});

test.each(['/var/lib/../../etc', '../relative', 'relative', '/a,b', '/a\nb'])(
  'storage is not kept in %j',
  async (folderName) => {
    const refusal = await refusalOf(
      server.admin,
      'mutation ($input: CreateStoragePoolInput!) { createStoragePool(input: $input) { job { id } } }',
      {
        input: {
          zoneId: zone.zoneId,
          name: 'climbing',
          type: 'SHARED_DIRECTORY',
          scope: 'ZONE',
          path: folderName,
        },
      },
    );
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(String(refusal.path)).toContain('path');
  },
);
