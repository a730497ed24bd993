import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';

/** What a host gets: the agent as one file, and a Node to run it. */
export interface AgentBundle {
  /** Names this build: the beginning of a hash over all that it is made of. */
  id: string;
  program: Buffer;
  programSha256: string;
  /** The very Node that this server runs on. */
  node: { version: string; path: string; sha256: string };
}

const entry = path.join(import.meta.dirname, '../../../agents/host/main.ts');

/** Stands in the program where its build's name belongs, which is known only when the program is. */
const buildMark = '@@nephos-build@@';

let made: Promise<AgentBundle> | undefined;

/** The agent of this very version: bundled at the first call, kept by this process. */
export function agentBundle(): Promise<AgentBundle> {
  made ??= makeBundle().catch((error: unknown) => {
    made = undefined;
    throw error;
  });
  return made;
}

async function makeBundle(): Promise<AgentBundle> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    define: { nephosBuild: JSON.stringify(buildMark) },
    // CommonJS packages inside an ES module find Node's own modules so.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    // Native accelerators that `ws` takes if they are there.
    external: ['bufferutil', 'utf-8-validate'],
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const [file] = built.outputFiles;
  if (file === undefined) throw new Error('the bundler made no file');
  const id = sha256(file.contents).slice(0, 12);
  const program = Buffer.from(file.text.replaceAll(buildMark, id));
  return {
    id,
    program,
    programSha256: sha256(program),
    node: {
      version: process.versions.node,
      path: process.execPath,
      sha256: await sha256OfFile(process.execPath),
    },
  };
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
