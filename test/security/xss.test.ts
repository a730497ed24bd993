import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = globSync('console/src/**/*.{svelte,ts,html}', { cwd: root }).filter(
  (file) => !file.includes('/generated/'),
);

/** Ways to make elements, or code, of text. */
const rawHtml =
  /\{@html|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|\beval\(|new Function\(/;

test('the console makes no HTML of text anywhere', () => {
  expect(sources.length).toBeGreaterThan(50);
  const found = sources.filter((file) => rawHtml.test(readFileSync(path.join(root, file), 'utf8')));
  expect(found).toEqual([]);
});

test('the console leads nowhere that is not written in it', () => {
  // A link whose address is a value could be `javascript:`; those that are values go through the router's resolve().
  const link = /href=\{(?!resolve\(|`\/|'\/)([^}]*)\}/g;
  const suspicious = sources.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(link)]
      .map(([, value = '']) => value)
      .filter((value) => /javascript:|\burl\b.*\+/.test(value))
      .map((value) => `${file}: ${value}`),
  );
  expect(suspicious).toEqual([]);
});

let server: TestServer;
let folder: string;
const inline = "\n  document.title = 'as it was built';\n";

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-console-'));
  writeFileSync(path.join(folder, 'index.html'), `<!doctype html><script>${inline}</script><p>page</p>`);
  server = await startTestServer({ consoleFolder: folder });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('pages run the scripts that were built into them, and no other', async () => {
  const { headers } = await fetch(`${server.url}/machines/vm_1`);
  const policy = headers.get('content-security-policy') ?? '';
  const hash = createHash('sha256').update(inline).digest('base64');
  const scripts = policy.split('; ').find((part) => part.startsWith('script-src'));
  expect(scripts).toBe(`script-src 'self' 'sha256-${hash}'`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("object-src 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('answers of the API are never taken for pages', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/html' },
    body: JSON.stringify({ query: '{ __typename <script>' }),
  });
  expect(response.headers.get('content-type') ?? '').not.toContain('html');
});
