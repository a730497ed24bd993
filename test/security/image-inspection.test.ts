import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob, type JobView } from '../support/jobs.ts';
import { allowLoopback } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { serveFiles, tinyIso, tinyQcow2 } from '../support/web-files.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  await allowLoopback(server.admin);
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Has the real storage agent fetch a file that is said to be of a format. */
async function register(content: Buffer, format: 'QCOW2' | 'RAW' | 'ISO'): Promise<JobView> {
  await using files = await serveFiles({ '/image': content });
  const type = format === 'ISO' ? 'Iso' : 'Template';
  const input = { zoneId: zone.zoneId, name: `image ${process.hrtime.bigint()}`, url: `${files.url}/image` };
  const { registered } = await server.admin.ask<{ registered: { job: { id: string } } }>(
    `mutation ($input: Register${type}Input!) { registered: register${type}(input: $input) { job { id } } }`,
    { input: format === 'ISO' ? input : { ...input, format } },
  );
  return await followJob(server.admin, registered.job.id);
}

function changed(change: (header: Buffer) => void): Buffer {
  const file = tinyQcow2();
  change(file);
  return file;
}

const vmdkDescriptor = Buffer.from(
  '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 20480 FLAT "/etc/shadow" 0\n',
);
const sparseVmdk = Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(65_532)]);

test.each<[what: string, content: Buffer, format: 'QCOW2' | 'RAW' | 'ISO', said: RegExp]>([
  ['names a backing file', tinyQcow2({ backingFile: '/etc/shadow' }), 'QCOW2', /backing file/],
  [
    'names a backing file by protocol',
    tinyQcow2({ backingFile: 'json:{"driver":"nbd"}' }),
    'QCOW2',
    /backing file/,
  ],
  ['keeps its data elsewhere', tinyQcow2({ hasExternalData: true }), 'QCOW2', /another file/],
  [
    'needs features that nobody knows',
    changed((file) => file.writeBigUInt64BE(1n << 40n, 72)),
    'QCOW2',
    /features/,
  ],
  ['is of another version', changed((file) => file.writeUInt32BE(9, 4)), 'QCOW2', /version 9/],
  ['is encrypted', changed((file) => file.writeUInt32BE(1, 32)), 'QCOW2', /encrypted/],
  ['has nothing inside', tinyQcow2({ virtualSizeBytes: 0n }), 'QCOW2', /empty/],
  ['unfolds to an exabyte', tinyQcow2({ virtualSizeBytes: 1n << 60n }), 'QCOW2', /at most/],
  ['is cut short', tinyQcow2().subarray(0, 80), 'QCOW2', /cut short/],
  ['is a VMDK that names a file of the host', vmdkDescriptor, 'QCOW2', /no QCOW2/],
  ['is a sparse VMDK', sparseVmdk, 'QCOW2', /no QCOW2/],
  ['is a VMDK said to be raw', vmdkDescriptor, 'RAW', /raw/],
  ['is a QCOW2 said to be raw', tinyQcow2({ backingFile: '/etc/shadow' }), 'RAW', /QCOW2/],
  ['is raw said to be a QCOW2', Buffer.alloc(65_536), 'QCOW2', /no QCOW2/],
  ['is no disc', Buffer.alloc(65_536), 'ISO', /ISO 9660/],
])('an image that %s is refused, and nothing of it is kept', async (_what, content, format, said) => {
  const before = await zone.filesInImageStore();
  const job = await register(content, format);
  expect(job.status).toBe('FAILED');
  expect(job.error?.message).toMatch(said);
  expect(await zone.filesInImageStore()).toEqual(before);
});

test('images that stand for themselves are taken', async () => {
  expect((await register(tinyQcow2(), 'QCOW2')).status).toBe('SUCCEEDED');
  expect((await register(Buffer.alloc(65_536), 'RAW')).status).toBe('SUCCEEDED');
  expect((await register(tinyIso(), 'ISO')).status).toBe('SUCCEEDED');
});
