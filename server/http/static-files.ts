import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Scripts and styles only of our own. Scripts that stand in a page run as they were built, by their hashes, so that
 * nothing that somebody got into the page does; the styles that Svelte sets on elements need 'unsafe-inline'.
 */
function contentPolicy(file: string): string {
  const inline = path.extname(file) === '.html' ? scriptsIn(readFileSync(file, 'utf8')) : [];
  const hashes = inline.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

function scriptsIn(page: string): string[] {
  return [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, script = '']) => script);
}

/** Forms that the build leaves beside a file, the smallest first. */
const encodings = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
];

/** The smallest form of a file that a client takes. */
function encodedAs(file: string, accepted = ''): { encoding?: string; body: string } {
  const taken = new Set(
    accepted
      .split(',')
      .map((entry) => entry.trim().split(/\s*;\s*/))
      .filter(([, quality]) => quality === undefined || Number(quality.replace('q=', '')) > 0)
      .map(([name]) => name),
  );
  const found = encodings.find(({ encoding, ending }) => taken.has(encoding) && existsSync(file + ending));
  return found === undefined ? { body: file } : { encoding: found.encoding, body: file + found.ending };
}

/** Files of the console. Paths without an ending are pages of the app and all get `index.html`. */
export class StaticFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  serve(request: IncomingMessage, response: ServerResponse, pathname: string): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const file = this.#fileFor(pathname);
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    const ending = path.extname(file);
    // Vite names these by their content: a new build has new names.
    const isImmutable = pathname.startsWith('/_app/immutable/');
    const { encoding, body } = encodedAs(file, request.headers['accept-encoding']);
    response.writeHead(200, {
      'content-type': types[ending] ?? 'application/octet-stream',
      'content-length': statSync(body).size,
      vary: 'accept-encoding',
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'content-security-policy': contentPolicy(file),
    });
    if (request.method === 'HEAD') response.end();
    else pipeline(createReadStream(body), response, () => undefined);
  }

  #fileFor(pathname: string): string | undefined {
    let decoded: string;
    try {
      decoded = decodeURIComponent(pathname);
    } catch {
      return undefined;
    }
    const file = path.join(this.#folder, path.normalize(`/${decoded}`));
    const isInside = file.startsWith(`${this.#folder}${path.sep}`);
    if (isInside && existsSync(file) && statSync(file).isFile()) return file;
    const page = path.join(this.#folder, 'index.html');
    return path.extname(decoded) === '' && existsSync(page) ? page : undefined;
  }
}
