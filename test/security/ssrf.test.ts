import type { ServerResponse } from 'node:http';
import { mayConnect } from '@nephos/model/kernel/address-guard.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../support/api-client.ts';
import { followJob } from '../support/jobs.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { serveFiles, tinyQcow2, type WebFiles } from '../support/web-files.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
/** On 127.0.0.1, which is allowed, and 127.0.0.2, which is not. */
let allowed: WebFiles;
let inside: WebFiles;
let askedInside: string[];

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  askedInside = [];
  inside = await serveFiles(
    {
      '/secret': (request, response) => {
        askedInside.push(request.url ?? '');
        response.end(tinyQcow2());
      },
    },
    '127.0.0.2',
  );
  const redirect = (location: string) => (_request: unknown, response: ServerResponse) =>
    void response.writeHead(302, { location }).end();
  allowed = await serveFiles({
    '/image': tinyQcow2(),
    '/to-inside': redirect(`${inside.url}/secret`),
    '/to-file': redirect('file:///etc/passwd'),
    '/to-gopher': redirect('gopher://127.0.0.1:6379/_FLUSHALL'),
    '/twice': redirect('/to-inside'),
    '/round': redirect('/round'),
  });
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key: 'secstorage.allowed.internal.sites', value: '127.0.0.1/32' } },
  );
});

afterAll(async () => {
  await allowed[Symbol.asyncDispose]();
  await inside[Symbol.asyncDispose]();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** The code under which a URL was refused: at once, or by the agent that tried. */
async function outcomeOf(url: string): Promise<string> {
  const input = { zoneId: zone.zoneId, name: `from ${process.hrtime.bigint()}`, format: 'QCOW2', url };
  try {
    const { registerTemplate } = await server.admin.ask<{ registerTemplate: { job: { id: string } } }>(
      'mutation ($input: RegisterTemplateInput!) { registerTemplate(input: $input) { job { id } } }',
      { input },
    );
    const job = await followJob(server.admin, registerTemplate.job.id);
    return job.error?.code ?? job.status;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

test('what is allowed is fetched', async () => {
  expect(await outcomeOf(`${allowed.url}/image`)).toBe('SUCCEEDED');
});

describe('what is inside is not reached', () => {
  const port = () => new URL(inside.url).port;

  test.each<[what: string, url: () => string]>([
    ['by its address', () => `${inside.url}/secret`],
    ['by its address as one number', () => `http://2130706434:${port()}/secret`],
    ['by its address in octal', () => `http://0177.0.0.2:${port()}/secret`],
    ['by its address in IPv6', () => `http://[::ffff:127.0.0.2]:${port()}/secret`],
    ['by the address of everything', () => `http://0.0.0.0:${port()}/secret`],
    ['by a name that leads there', () => `http://ip6-localhost:${port()}/secret`],
    ['by the address of a cloud’s metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['by a redirect', () => `${allowed.url}/to-inside`],
    ['by two redirects', () => `${allowed.url}/twice`],
    ['by a redirect to a file', () => `${allowed.url}/to-file`],
    ['by a redirect to another protocol', () => `${allowed.url}/to-gopher`],
    ['by redirects without end', () => `${allowed.url}/round`],
    ['as a file', () => 'file:///etc/passwd'],
    ['by another protocol', () => 'ftp://127.0.0.1/secret'],
    ['with a name and a password', () => `http://user:password@127.0.0.2:${port()}/secret`],
  ])('%s', async (_what, url) => {
    expect(await outcomeOf(url())).toMatch(
      /^(AGENT_FAILED|FORBIDDEN_ADDRESS|DOWNLOAD_FAILED|VALIDATION_FAILED)$/,
    );
    expect(askedInside).toEqual([]);
  });
});

test.each([
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '127.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
])('%s is not public', (address) => {
  expect(mayConnect(address, [])).toBe(false);
});

test.each(['1.1.1.1', '2606:4700:4700::1111'])('%s is public', (address) => {
  expect(mayConnect(address, [])).toBe(true);
});
