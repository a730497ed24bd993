import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { deployMutation, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { Simulator } from '../support/simulator.ts';
import { serveFiles, tinyIso, tinyQcow2, type WebFiles } from '../support/web-files.ts';
import { createTestZone, createZoneMutation, zoneInput, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
/** A host that waits to be added. */
let spare: Simulator;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  spare = await Simulator.start({
    admin: server.admin,
    agentUrl: server.agentUrl,
    folder: path.join(server.folder, 'spare'),
    name: 'spare',
  });
});

afterAll(async () => {
  await spare.kill();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Rows of everything that a refused request might have left behind. */
async function rows(): Promise<Record<string, number>> {
  const tables = [
    'Zone',
    'Pod',
    'Cluster',
    'Host',
    'StoragePool',
    'ImageStore',
    'Image',
    'Job',
    'VirtualMachine',
    'Nic',
    'Volume',
    'GuestIpRange',
  ] as const;
  const counts = tables.map(async (table) => {
    const { count } = await server.db
      .selectFrom(table)
      .select((row) => row.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return [table, Number(count)] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

describe('a zone is refused, and nothing is made, for', () => {
  const pod = {
    name: 'rack-9',
    cidr: '10.9.0.0/24',
    gateway: '10.9.0.1',
    reservedStart: '10.9.0.2',
    reservedEnd: '10.9.0.20',
  };
  const guestRange = { cidr: '10.8.0.0/16', gateway: '10.8.0.1', startIp: '10.8.1.1', endIp: '10.8.1.250' };
  const cases: [what: string, input: Record<string, unknown>, path: string, value: string][] = [
    ['a prefix too long', { pod: { ...pod, cidr: '10.9.0.0/33' } }, 'input.pod.cidr', '10.9.0.0/33'],
    ['host bits in a network', { pod: { ...pod, cidr: '10.9.0.7/24' } }, 'input.pod.cidr', '10.9.0.7/24'],
    ['a gateway outside', { pod: { ...pod, gateway: '10.10.0.1' } }, 'input.pod.gateway', '10.10.0.1'],
    [
      'a range that ends before it starts',
      { guestRange: { ...guestRange, startIp: '10.8.2.1' } },
      'input.guestRange.endIp',
      '10.8.1.250',
    ],
    [
      'a range that holds the gateway',
      { guestRange: { ...guestRange, startIp: '10.8.0.1' } },
      'input.guestRange',
      '10.8.0.1',
    ],
    [
      'a guest range that lies in the pod’s network',
      { guestRange: { cidr: '10.9.0.0/24', gateway: '10.9.0.1', startIp: '10.9.0.10', endIp: '10.9.0.30' } },
      'input.guestRange',
      '10.9.0',
    ],
    ['a name with markup', { name: '<script>alert(1)</script>' }, 'input.name', '<script>'],
    ['a name with a new line', { name: 'one\ntwo' }, 'input.name', 'one\\ntwo'],
    [
      'a path that climbs',
      { primaryStorage: { name: 'p', type: 'SHARED_DIRECTORY', scope: 'CLUSTER', path: '/srv/../etc' } },
      'input.primaryStorage.path',
      '/srv/../etc',
    ],
    [
      'an unknown agent',
      { hosts: [{ agentId: 'agent_01jzzzzzzzzzzzzzzzzzzzzzzz' }] },
      'input.hosts',
      'agent_01jzzzzzzzzzzzzzzzzzzzzzzz',
    ],
    [
      'an id of another kind',
      { hosts: [{ agentId: 'host_01jzzzzzzzzzzzzzzzzzzzzzzz' }] },
      'input.hosts',
      'host_01jzzzzzzzzzzzzzzzzzzzzzzz',
    ],
  ];
  test.each(cases)('%s', async (_what, overrides, path, value) => {
    const before = await rows();
    const input = {
      ...(await zoneInput(server.admin, '/srv/nephos')),
      name: 'second',
      pod,
      guestRange,
      ...overrides,
    };
    const refusal = await refusalOf(server.admin, createZoneMutation, { input });
    expect(refusal).toMatchObject({ code: expect.stringMatching(/VALIDATION_FAILED|NOT_FOUND/) as string });
    expect(refusal.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(refusal.message).toContain(value);
    if (refusal.code === 'VALIDATION_FAILED') {
      expect(refusal.path).toContain(path);
      expect(refusal.rule).toMatch(/\w+ \w+/);
    }
    expect(await rows()).toEqual(before);
  });
});

test('a zone whose name or pod network is taken is refused', async () => {
  const before = await rows();
  const input = { ...(await zoneInput(server.admin, '/srv/nephos')), name: 'test-zone' };
  const refusal = await refusalOf(server.admin, createZoneMutation, { input });
  expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.name', value: '"test-zone"' });
  expect(await rows()).toEqual(before);
});

describe('a machine is refused, and nothing is made, for', () => {
  const cases: [what: string, overrides: Record<string, unknown>, code: string, said: string][] = [
    [
      'an unknown template',
      { templateId: 'tmpl_01jzzzzzzzzzzzzzzzzzzzzzzz' },
      'NOT_FOUND',
      'tmpl_01jzzzzzzzzzzzzzzzzzzzzzzz',
    ],
    ['a name with markup', { name: '<b>web</b>' }, 'VALIDATION_FAILED', '<b>web</b>'],
    ['a name with a new line', { name: 'web\nroot' }, 'VALIDATION_FAILED', 'web\\nroot'],
    ['a name that is an option', { name: '--help' }, 'VALIDATION_FAILED', '--help'],
    ['no source', { templateId: null }, 'VALIDATION_FAILED', 'templateId'],
  ];
  test.each(cases)('%s', async (_what, overrides, code, said) => {
    const before = await rows();
    const input = {
      name: 'web',
      zoneId: zone.zoneId,
      serviceOfferingId: await serviceOfferingId(server.admin),
      ...overrides,
    };
    const refusal = await refusalOf(server.admin, deployMutation, { input });
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(said);
    expect(await rows()).toEqual(before);
  });
});

const registerIso = `mutation ($input: RegisterIsoInput!) { registerIso(input: $input) { iso { id } job { id } } }`;
const registerTemplate = `mutation ($input: RegisterTemplateInput!) {
  registerTemplate(input: $input) { template { id } job { id } }
}`;

describe('an image is refused at once for', () => {
  const cases: [what: string, url: string, said: RegExp][] = [
    ['a file URL', 'file:///etc/passwd', /http or https/],
    ['a password in the URL', 'http://me:secret@example.org/a.iso', /password|user/i],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data', /169\.254\.169\.254/],
    ['the metadata service in another notation', 'http://0xa9fea9fe/latest', /169\.254\.169\.254|0xa9fea9fe/],
    ['this machine', 'http://[::1]:8080/a.iso', /::1/],
    ['no URL', 'a.iso', /URL/],
  ];
  test.each(cases)('%s', async (_what, url, said) => {
    const before = await rows();
    const refusal = await refusalOf(server.admin, registerIso, {
      input: { zoneId: zone.zoneId, name: 'disc', url },
    });
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.url' });
    expect(refusal.message).toMatch(said);
    expect(await rows()).toEqual(before);
  });
});

describe('an image is refused when it is fetched for', () => {
  let files: WebFiles;
  let filesElsewhere: WebFiles;

  beforeAll(async () => {
    // 127.0.0.2 is allowed and 127.0.0.1 is not: both are answered by the same listener.
    await server.admin.ask(
      'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
      { input: { key: 'secstorage.allowed.internal.sites', value: '127.0.0.2/32' } },
    );
    filesElsewhere = await serveFiles({ '/secret.iso': tinyIso() });
    files = await serveFiles(
      {
        '/huge.iso': (_request, response) => {
          response.writeHead(200, { 'content-length': String(2 * 1024 ** 4) });
          response.write(tinyIso());
        },
        '/redirect.iso': (_request, response) => {
          response.writeHead(302, { location: `${filesElsewhere.url}/secret.iso` }).end();
        },
        '/loop.iso': (_request, response) => {
          response.writeHead(302, { location: '/loop.iso' }).end();
        },
        '/passwd.qcow2': tinyQcow2({ backingFile: '/etc/passwd' }),
        '/external.qcow2': tinyQcow2({ hasExternalData: true }),
        '/bomb.qcow2': tinyQcow2({ virtualSizeBytes: 1n << 60n }),
        '/page.iso': Buffer.from('<!doctype html><title>Not found</title>'.repeat(2000)),
        '/cut.iso': (_request, response) => {
          response.writeHead(200, { 'content-length': '40960' });
          response.write(tinyIso().subarray(0, 20_000));
          setTimeout(() => response.destroy(), 50);
        },
        '/good.iso': tinyIso(),
      },
      '127.0.0.2',
    );
  });

  afterAll(async () => {
    await files[Symbol.asyncDispose]();
    await filesElsewhere[Symbol.asyncDispose]();
  });

  const cases: [what: string, file: string, extra: Record<string, unknown>, said: RegExp][] = [
    ['2 TB', 'huge.iso', {}, /2 TiB or more; at most 50 GiB/],
    ['a redirect to loopback', 'redirect.iso', {}, /127\.0\.0\.1/],
    ['redirects without end', 'loop.iso', {}, /redirect/],
    ['a backing file', 'passwd.qcow2', {}, /backing file/],
    ['an external data file', 'external.qcow2', {}, /data in another file/],
    ['a virtual size beyond measure', 'bomb.qcow2', {}, /1048576 TiB/],
    ['a page instead of a disc', 'page.iso', {}, /ISO/],
    ['a transfer that breaks off', 'cut.iso', {}, /connection broke/],
    ['a missing file', 'nowhere.iso', {}, /404/],
    ['a wrong checksum', 'good.iso', { checksum: `sha256:${'0'.repeat(64)}` }, /checksum/i],
  ];
  test.each(cases)('%s', async (what, file, extra, said) => {
    const isTemplate = file.endsWith('.qcow2');
    const input = {
      zoneId: zone.zoneId,
      name: what.replaceAll(/\W+/g, '-'),
      url: `${files.url}/${file}`,
      ...(isTemplate && { format: 'QCOW2' }),
      ...extra,
    };
    const answer = await server.admin.ask<Record<string, { job: { id: string } }>>(
      isTemplate ? registerTemplate : registerIso,
      { input },
    );
    const job = await followJob(server.admin, Object.values(answer)[0]!.job.id);
    expect(job.status).toBe('FAILED');
    expect(`${job.error?.message} ${job.error?.rule}`).toMatch(said);
    expect(job.error?.field).toMatch(/^input\.(url|checksum|format)$/);
    expect(await zone.filesInImageStore()).toEqual([]);
    const found = await server.admin.ask<Record<string, { totalCount: number }>>(
      `query ($zoneId: ID!) {
        isos(filter: { zoneId: $zoneId }) { totalCount }
        templates(filter: { zoneId: $zoneId }) { totalCount }
      }`,
      { zoneId: zone.zoneId },
    );
    expect(found).toEqual({ isos: { totalCount: 0 }, templates: { totalCount: 0 } });
  });
});
