import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StaticFiles } from './static-files.ts';

const script = 'console.log("a console");'.repeat(20);
let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-static-'));
  writeFileSync(path.join(folder, 'index.html'), '<script>first()</script>');
  writeFileSync(path.join(folder, 'app.js'), script);
  writeFileSync(path.join(folder, 'app.js.br'), brotliCompressSync(script));
  writeFileSync(path.join(folder, 'app.js.gz'), gzipSync(script));
  const files = new StaticFiles(folder);
  server = createServer((request, response) =>
    files.serve(request, response, new URL(request.url ?? '/', 'http://localhost').pathname),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const get = (pathname: string, encoding = 'identity') =>
  fetch(url + pathname, { headers: { 'accept-encoding': encoding } });

describe('files of the console', () => {
  it.each([
    ['identity', null],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['zstd', null],
  ])('come as a client takes them: %s', async (accepted, encoding) => {
    const answer = await get('/app.js', accepted);
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    expect(answer.headers.get('content-type')).toMatch('text/javascript');
    expect(await answer.text()).toBe(script);
  });

  it('are the app for every path without an ending, and nothing for files that are not there', async () => {
    expect(await (await get('/virtual-machines/new', 'br')).text()).toContain('first()');
    expect((await get('/gone.js')).status).toBe(404);
    expect((await get('/..%2f..%2fetc%2fpasswd.txt')).status).toBe(404);
  });

  it('may run the scripts that were built into them, and no others', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
  });
});
