import { buildApiSchema } from '@nephos/server/graphql/schema.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient, ApiError, signIn } from '../support/api-client.ts';
import {
  deploy,
  deployMutation,
  registerIso,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { sampleOperation, type IdAt } from '../support/sample-operation.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

/** Root fields that answer without a session. Whoever adds one here says why in the review. */
const publicFields = ['viewer', 'signIn', 'useSetupLink'];

const schema = buildApiSchema();
const operations = [
  ...Object.values(schema.getQueryType()!.getFields()).map((field) => ['query', field] as const),
  ...Object.values(schema.getMutationType()!.getFields()).map((field) => ['mutation', field] as const),
  ...Object.values(schema.getSubscriptionType()!.getFields()).map(
    (field) => ['subscription', field] as const,
  ),
].map(([kind, field]) => ({ kind, field, name: `${kind} ${field.name}` }));
const guarded = operations.filter(({ field }) => !publicFields.includes(field.name));

let server: TestServer;
let zone: TestZone;
let stranger: ApiClient;
/** What the administrator has and the stranger may not touch, by the name of its type. */
let owned: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  const { admin } = server;
  const templateId = await registerTemplate(admin, zone.zoneId, undefined, { isPublic: false });
  const { machine, job } = await deploy(admin, {
    name: 'private',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(admin),
    templateId,
  });
  const iso = await registerIso(admin, zone.zoneId, { isPublic: false });
  const { hosts, agents, apiKeys, sessions } = await admin.ask<{
    hosts: { nodes: { id: string; cluster: { id: string; pod: { id: string } } }[] };
    agents: { nodes: { id: string }[] };
    apiKeys: { id: string }[];
    sessions: { id: string }[];
  }>(
    '{ hosts { nodes { id cluster { id pod { id } } } } agents { nodes { id } } apiKeys { id } sessions { id } }',
  );
  const [host] = hosts.nodes;
  owned = {
    VirtualMachine: machine.id,
    Template: templateId,
    Iso: iso,
    Volume: machine.volumes[0]!.id,
    Job: job.id,
    Zone: zone.zoneId,
    Cluster: host!.cluster.id,
    Pod: host!.cluster.pod.id,
    Agent: agents.nodes[0]!.id,
    ApiKey: apiKeys[0]!.id,
    Session: sessions[0]!.id,
  };
  await admin.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    {
      input: { name: 'stranger', username: 'stranger', password: 'a long enough password', role: 'USER' },
    },
  );
  stranger = await signIn(server.url, 'stranger', 'a long enough password');
}, 60_000);

afterAll(async () => {
  await stranger.close();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** The administrator's thing that fits a place best. */
const ownedAt: IdAt = (place) => {
  const [field = '', ...inner] = place.split('.');
  const last = inner.at(-1) ?? '';
  const kinds = Object.keys(owned);
  const named = (text: string) => kinds.find((kind) => text.toLowerCase().includes(kind.toLowerCase()));
  const isMachine = /^(attach|detach)Iso$/.test(field) && last === 'id';
  const kind = isMachine ? 'VirtualMachine' : ((last === 'id' ? undefined : named(last)) ?? named(field));
  return owned[kind ?? 'VirtualMachine']!;
};

async function outcomeOf(client: ApiClient, { kind, field }: (typeof operations)[number]): Promise<string> {
  const { document, variables } = sampleOperation(kind, field, ownedAt);
  try {
    if (kind !== 'subscription') await client.ask(document, variables);
    else for await (const _first of client.follow(document, variables)) break;
    return 'answered';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

test('the fields that need no session are the ones in the list', async () => {
  const open: string[] = [];
  const anonymous = new ApiClient(server.url);
  for (const { kind, field } of operations.filter((each) => each.kind !== 'subscription')) {
    const { document, variables } = sampleOperation(kind, field, ownedAt);
    const { errors } = await anonymous.send(document, variables);
    // A wrong password is UNAUTHENTICATED too.
    if (errors?.[0]?.message !== 'sign in first') open.push(field.name);
  }
  expect(open.sort()).toEqual([...publicFields].sort());
});

test('nobody opens a socket without a session', async () => {
  const anonymous = new ApiClient(server.url);
  const following = anonymous.follow('subscription { jobs { id } }')[Symbol.asyncIterator]().next();
  await expect(following).rejects.toMatchObject({ code: 4403 });
});

describe('another tenant', () => {
  /** What a user may call whoever owns things: it gives or makes only what is the caller's. */
  const ownThings = new Set([
    'query changeCursor',
    'query sessions',
    'query settings',
    'query apiKeys',
    'mutation createApiKey',
    'mutation endSession',
    'mutation deployVirtualMachine',
    'mutation registerIso',
    'mutation registerTemplate',
    'subscription virtualMachineChanged',
    'subscription jobs',
    'subscription hostStateChanged',
    'subscription changes',
  ]);
  const asked = guarded.filter(({ name }) => !ownThings.has(name));

  test.each(asked)('$name', async (operation) => {
    const isList = operation.kind === 'query' && String(operation.field.type).includes('Connection');
    if (isList) {
      const { name } = operation.field;
      const answer = await stranger.send(`{ ${name} { nodes { id } } }`);
      const text = JSON.stringify(answer);
      const privateIds = ['VirtualMachine', 'Template', 'Iso', 'Volume', 'Job', 'ApiKey', 'Session', 'Agent'];
      for (const kind of privateIds) expect(text).not.toContain(owned[kind]);
      return;
    }
    const outcome = await outcomeOf(stranger, operation);
    // A null answer to a question for one thing is the list's way of saying that there is none.
    if (operation.kind === 'query') {
      const { document, variables } = sampleOperation('query', operation.field, ownedAt);
      const { data } = await stranger.send(document, variables);
      const answer = (data as Record<string, unknown> | null | undefined)?.[operation.field.name];
      expect(answer == null || JSON.stringify(answer) === '[null]' || JSON.stringify(answer) === '[]').toBe(
        true,
      );
      return;
    }
    expect(outcome).toMatch(/^(NOT_FOUND|FORBIDDEN)$/);
  });
});

test('what a tenant may not see is answered like what does not exist', async () => {
  const ask = 'mutation ($input: VirtualMachineInput!) { startVirtualMachine(input: $input) { job { id } } }';
  const foreign = await refusalOf(stranger, ask, { input: { id: owned.VirtualMachine } });
  const unknownId = owned.VirtualMachine!.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const unknown = await refusalOf(stranger, ask, { input: { id: unknownId } });
  expect(foreign.code).toBe('NOT_FOUND');
  expect(foreign.message.replace(owned.VirtualMachine!, 'ID')).toBe(unknown.message.replace(unknownId, 'ID'));
});

test.each(['templateId', 'isoId'])('a machine is not made from another tenant’s %s', async (source) => {
  const { diskOfferings } = await stranger.ask<{ diskOfferings: { nodes: { id: string }[] } }>(
    '{ diskOfferings(first: 1) { nodes { id } } }',
  );
  const input = {
    name: 'stolen',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(stranger),
    ...(source === 'isoId'
      ? { isoId: owned.Iso, diskOfferingId: diskOfferings.nodes[0]!.id }
      : { templateId: owned.Template }),
  };
  expect(await refusalOf(stranger, deployMutation, { input })).toMatchObject({ code: 'NOT_FOUND' });
});

test('nobody ends another user’s session', async () => {
  const end = 'mutation ($input: EndSessionInput!) { endSession(input: $input) { sessionId } }';
  expect(await refusalOf(stranger, end, { input: { id: owned.Session } })).toMatchObject({
    code: 'NOT_FOUND',
  });
});
