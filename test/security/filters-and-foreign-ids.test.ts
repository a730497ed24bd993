import type { Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { buildApiSchema } from '@nephos/server/graphql/schema.ts';
import { getNamedType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { deploy, registerIso, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { makeProject } from '../support/projects.ts';
import { sampleOperation } from '../support/sample-operation.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

const schema = buildApiSchema();
const queries = Object.values(schema.getQueryType()!.getFields());
const mutations = Object.values(schema.getMutationType()!.getFields());

let server: TestServer;
let zone: TestZone;
/** Who has things, and who has no business with them: an administrator of the domain beside. */
let owner: Tenant;
let stranger: Tenant;
/** Ids of everything that the stranger must not see, by kind. */
let foreign: Map<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  const domainAdmin = roleId('Domain Admin');
  owner = await aTenant(server, 'owner', { role: domainAdmin, domainId: await aDomain(server.db, 'theirs') });
  stranger = await aTenant(server, 'stranger', {
    role: domainAdmin,
    domainId: await aDomain(server.db, 'ours'),
  });
  const templateId = await registerTemplate(server.admin, zone.zoneId, undefined, { isPublic: false });
  const isoId = await registerIso(server.admin, zone.zoneId, { isPublic: false });
  for (const id of [templateId, isoId]) await giveTo(server.db, id, owner);
  const { machine, job } = await deploy(owner.client, {
    name: 'theirs',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(owner.client),
    templateId,
  });
  const project = await makeProject(owner.client, 'theirs');
  const one = async (
    table: 'Host' | 'Pod' | 'Cluster' | 'Agent' | 'StoragePool' | 'ImageStore' | 'PhysicalNetwork',
  ) => (await server.db.selectFrom(table).select('id').executeTakeFirstOrThrow()).id as string;
  const event = await server.db
    .selectFrom('AuditEvent')
    .select('id')
    .where('accountId', '=', owner.accountId)
    .executeTakeFirstOrThrow();
  foreign = new Map<string, string>([
    ['VirtualMachine', machine.id],
    ['Volume', machine.volumes[0]!.id],
    ['Template', templateId],
    ['Iso', isoId],
    ['Job', job.id],
    ['Account', owner.accountId],
    ['User', owner.userId],
    ['Domain', owner.domainId],
    ['ApiKey', owner.apiKeyId],
    ['Project', project.id],
    ['ProjectAccount', project.accountId],
    ['AuditEvent', event.id],
    ['Host', await one('Host')],
    ['Pod', await one('Pod')],
    ['Cluster', await one('Cluster')],
    ['Agent', await one('Agent')],
    ['StoragePool', await one('StoragePool')],
    ['ImageStore', await one('ImageStore')],
    ['PhysicalNetwork', await one('PhysicalNetwork')],
  ]);
}, 90_000);

afterAll(async () => {
  await owner.client.close();
  await stranger.client.close();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function giveTo(db: Database, id: string, { accountId }: Tenant): Promise<void> {
  await db
    .updateTable('Image')
    .set({ accountId })
    .where('id', '=', id as never)
    .execute();
}

function expectNothingForeign(answer: unknown, given: string | undefined): void {
  // The id that was given may come back in a message.
  const text = JSON.stringify(answer);
  for (const id of foreign.values()) if (id !== given) expect(text).not.toContain(id);
}

test('nothing foreign is found by its id', async () => {
  const ids = [...foreign.values()];
  const { nodes } = await stranger.client.ask<{ nodes: unknown[] }>(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
    { ids },
  );
  expect(nodes).toEqual(ids.map(() => null));
});

describe('a filter never shows more than there is without it:', () => {
  const lists = queries.flatMap((field) => {
    const type = field.args.find(({ name }) => name === 'filter')?.type;
    const input = type && getNamedType(type);
    return isInputObjectType(input) ? [[field.name, input] as const] : [];
  });

  const idsIn = async (
    client: ApiClient,
    list: string,
    filterType: string,
    filter: unknown,
    search?: string,
  ) => {
    const { data, errors } = await client.send(
      `query ($filter: ${filterType}, $search: String) { ${list}(first: 500, filter: $filter, search: $search) { nodes { id } } }`,
      { filter, search },
    );
    if (errors !== undefined) return { ids: [], errors };
    const { nodes } = (data as Record<string, { nodes: { id: string }[] }>)[list]!;
    return { ids: nodes.map(({ id }) => id), errors };
  };

  test.each(lists)('%s', async (list, input) => {
    const all = new Set((await idsIn(stranger.client, list, input.name, {})).ids);
    const textual = Object.values(input.getFields()).filter(({ type }) =>
      ['ID', 'String'].includes(getNamedType(type).name),
    );
    const hostile = [...foreign.values(), '%', "' or true --", '*'];
    for (const field of textual) {
      for (const value of hostile) {
        const { ids } = await idsIn(stranger.client, list, input.name, {
          [field.name]: isListType(isNonNullType(field.type) ? field.type.ofType : field.type)
            ? [value]
            : value,
        });
        expect(ids.filter((id) => !all.has(id))).toEqual([]);
      }
    }
    for (const value of hostile) {
      const { ids } = await idsIn(stranger.client, list, input.name, {}, value);
      expect(ids.filter((id) => !all.has(id))).toEqual([]);
    }
  });
});

/** Every place in an input where an id may stand. */
function idPlaces(type: GraphQLInputType, place: readonly string[] = []): string[][] {
  if (isNonNullType(type) || isListType(type)) return idPlaces(type.ofType, place);
  if (!isInputObjectType(type)) return type.name === 'ID' ? [[...place]] : [];
  if (place.length > 4) return [];
  return Object.values(type.getFields()).flatMap((field) => idPlaces(field.type, [...place, field.name]));
}

/** Sets a member deep inside, making what is missing on the way; in lists the first. */
function put(value: unknown, [name = '', ...rest]: readonly string[], id: string): void {
  if (Array.isArray(value)) {
    put((value[0] ??= {}), [name, ...rest], id);
    return;
  }
  const record = value as Record<string, unknown>;
  if (rest.length === 0) record[name] = Array.isArray(record[name]) || name.endsWith('Ids') ? [id] : id;
  else put((record[name] ??= {}), rest, id);
}

describe('a foreign id is answered as one that does not exist:', () => {
  const places = mutations.flatMap((field) =>
    field.args.flatMap((arg) =>
      idPlaces(arg.type, [arg.name]).map(
        (place) => [`${field.name} ${place.join('.')}`, field, place] as const,
      ),
    ),
  );

  test.each(places)('%s', async (_name, field, place) => {
    const rows = await state();
    const outcomes = new Map<string, string>();
    for (const [kind, id] of foreign) {
      // What else is needed does not exist either: what is foreign must not make a difference.
      const { document, variables } = sampleOperation('mutation', field, () => newId('VirtualMachine'));
      put(variables, place, id);
      const answer = await stranger.client.send(document, variables);
      outcomes.set(kind, answer.errors?.[0]?.extensions.code ?? 'answered');
      expectNothingForeign(answer, id);
    }
    const allowed = /^(NOT_FOUND|FORBIDDEN|VALIDATION_FAILED|RESOURCE_LIMIT_EXCEEDED)$/;
    for (const [kind, outcome] of outcomes)
      expect(`${kind} ${outcome}`).toMatch(new RegExp(`^\\w+ ${allowed.source.slice(1)}`));
    expect(await state()).toEqual(rows);
  });

  /** What belongs to the owner, as it is. */
  async function state(): Promise<unknown> {
    const { db } = server;
    const { accountId, userId } = owner;
    return {
      machines: await db
        .selectFrom('VirtualMachine')
        .selectAll()
        .where('accountId', '=', accountId)
        .execute(),
      volumes: await db.selectFrom('Volume').selectAll().where('accountId', '=', accountId).execute(),
      images: await db.selectFrom('Image').selectAll().where('accountId', '=', accountId).execute(),
      account: await db.selectFrom('Account').selectAll().where('id', '=', accountId).execute(),
      user: await db.selectFrom('User').selectAll().where('id', '=', userId).execute(),
      keys: await db.selectFrom('ApiKey').select(['id', 'name']).where('userId', '=', userId).execute(),
      projects: await db.selectFrom('Project').selectAll().execute(),
    };
  }
});
