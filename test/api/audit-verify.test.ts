import { spawn } from 'node:child_process';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from '../support/api-client.ts';
import { createAuditLog, type AuditLog } from '../support/audit-log.ts';
import { adminPassword, startProduct } from '../support/product.ts';

const script = path.resolve(import.meta.dirname, '../../scripts/audit-verify.ts');
let log: AuditLog;

beforeAll(async () => {
  log = await createAuditLog();
  await log.append(3, new Date('2026-03-10T08:00:00Z'));
});

afterAll(() => log[Symbol.asyncDispose]());

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function verify(env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

const here = () => ({ DATABASE_URL: log.databaseUrl, NEPHOS_MASTER_KEY_FILE: log.masterKeyFile });

test('the command says how much it verified', async () => {
  const { code, stdout } = await verify(here());
  expect(stdout).toMatch(
    /^3 events follow each other, from 2026-03-10T08:00:00.000Z to 2026-03-10T08:00:02.000Z\nhead: event 3, [0-9a-f]{64}\nthe audit log is whole\n$/,
  );
  expect(code).toBe(0);
});

test('the command says where the log is broken, and fails', async () => {
  await sql`update "AuditEvent" set "actorName" = 'nobody' where "seq" = 2`.execute(log.db);
  const { code, stderr } = await verify(here());
  expect(stderr).toMatch(
    /^THE AUDIT LOG IS NOT WHOLE: event evt_\w+ \(number 2, 2026-03-10T08:00:01.000Z\) was changed/,
  );
  expect(code).toBe(1);
});

test('the command says what it lacks, and makes nothing', async () => {
  const { code, stderr } = await verify({ NEPHOS_DATA: path.join(import.meta.dirname, 'nowhere') });
  expect(stderr).toMatch(/there is no master key at .*nowhere\/master.key: set NEPHOS_DATA/);
  expect(code).toBe(2);
});

test('it finds its way to what npm start keeps, while that runs and when it is stopped', async () => {
  const product = await startProduct({ driver: 'simulator' });
  try {
    await signIn(product.url, 'admin', adminPassword);
    const running = await verify({ NEPHOS_DATA: product.dataFolder });
    expect(running.stdout).toContain('the audit log is whole');
    await product.stop({ machines: 'keep' });
    const stopped = await verify({ NEPHOS_DATA: product.dataFolder });
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    // The last look may have come before the last events were sealed; a server that stops seals what is left.
    const events = (text: string) => Number(/^(\d+) event/.exec(text)?.[1]);
    expect(events(stopped.stdout)).toBeGreaterThanOrEqual(Math.max(2, events(running.stdout)));
  } finally {
    await product.stop({ machines: 'destroy' });
  }
}, 120_000);
