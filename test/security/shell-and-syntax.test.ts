import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newId } from '@nephos/model/kernel/ids.ts';
import { buildApiSchema } from '@nephos/server/graphql/schema.ts';
import { isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domainXml } from '../../agents/host/drivers/libvirt/domain-xml.ts';
import { sampleOperation } from '../support/sample-operation.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('programs are run without a shell', () => {
  const sources = globSync('{agents,server,usage,prisma}/**/*.ts', { cwd: root }).filter(
    (file) => !file.includes('node_modules') && !file.includes('/generated/') && !file.endsWith('.test.ts'),
  );

  test.each([
    ['no option asks for one', /shell:\s*(true|['"])/],
    ['no function that has one is imported', /\b(exec|execSync)\b[^;]*from 'node:child_process'/],
    [
      'no shell is a program that is run',
      /(spawn|execFile|runProgram|run)\(\s*['"](\/bin\/)?(ba|da|z)?sh['"]/,
    ],
  ])('%s', (_what, pattern) => {
    expect(sources.length).toBeGreaterThan(200);
    const found = sources.filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('a definition of a machine keeps its shape', () => {
  const hostile = `a</title><devices><disk type='file'><source file='/etc/shadow'/></disk></devices><!-- ' " & ]]>`;

  const machineId = newId('VirtualMachine');
  const xml = domainXml({
    virtType: 'qemu',
    vncSocket: `/run/nephos/${hostile}`,
    seedFile: null,
    filter: hostile,
    spec: {
      machineId,
      name: hostile,
      cpuCount: 1,
      memoryBytes: 1_073_741_824n,
      isoPath: `/images/${hostile}`,
      disks: [],
      nics: [
        {
          nicId: newId('Nic'),
          macAddress: '02:00:5e:10:00:01',
          ipAddress: hostile,
          network: { bridge: hostile },
        },
      ],
    } as never,
  });

  test('whatever stands in a name, a path or an address', () => {
    expect(xml).not.toContain("/etc/shadow'/>");
    expect(xml.match(/<disk /g)).toHaveLength(1);
    expect(xml.match(/<devices>/g)).toHaveLength(1);
    expect(xml).not.toContain('<!--');
  });
});

/** Signs that mean something to shells, XML, nftables, dnsmasq, QEMU's options, paths or terminals. */
const hostileTexts = [
  '$(touch /tmp/owned)',
  '`id`',
  'a;reboot',
  'a|b',
  'a&b',
  'a\nb',
  'a\u0000b',
  '--help',
  '-o Option=1',
  '</title><script>',
  '"quoted"',
  "a' or '1'='1",
  'a,backing_file=/etc/passwd',
  'a{b}',
  '../../etc/passwd',
  '\u001b[2J',
  '\u202Egpj.exe',
];

/** Where free text belongs. It is shown as text, and goes to no program. */
const freeText =
  /(password|secret|token|idempotencyKey|search|code|value|reason|certificate|filter|template)$/i;

function textPlaces(type: GraphQLInputType, place: readonly string[] = []): string[][] {
  if (isNonNullType(type) || isListType(type)) return textPlaces(type.ofType, place);
  if (!isInputObjectType(type)) return type.name === 'String' ? [[...place]] : [];
  return Object.values(type.getFields()).flatMap((field) => textPlaces(field.type, [...place, field.name]));
}

function put(value: unknown, [name = '', ...rest]: readonly string[], text: string): void {
  if (Array.isArray(value)) {
    put((value[0] ??= {}), [name, ...rest], text);
    return;
  }
  const record = value as Record<string, unknown>;
  if (rest.length === 0) record[name] = Array.isArray(record[name]) ? [text] : text;
  else put((record[name] ??= {}), rest, text);
}

describe('no name takes signs that mean something elsewhere:', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  const names = Object.values(buildApiSchema().getMutationType()!.getFields()).flatMap((field) =>
    field.args
      .flatMap((arg) => textPlaces(arg.type))
      .filter((place) => !freeText.test(place.at(-1) ?? ''))
      .map((place) => [`${field.name} ${place.join('.')}`, field, place] as const),
  );

  test.each(names)('%s', async (_name, field, place) => {
    for (const text of hostileTexts) {
      const { document, variables } = sampleOperation('mutation', field, () => newId('VirtualMachine'));
      put(variables.input, place, text);
      const { errors } = await server.admin.send(document, variables);
      const isRefused = errors !== undefined;
      const isDisplayed = /(displayText|displayName|description|groups?|claim\w*|attribute\w*)$/i.test(
        place.at(-1) ?? '',
      );
      // Text for people may hold what no markup and no terminal needs.
      if (isDisplayed && !/[\p{Cc}<>]/u.test(text)) continue;
      expect(`${JSON.stringify(text)} refused: ${isRefused}`).toBe(`${JSON.stringify(text)} refused: true`);
      expect(errors?.[0]?.extensions.code).not.toBe('INTERNAL');
    }
  });
});
