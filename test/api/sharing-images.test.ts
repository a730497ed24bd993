import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import {
  deploy,
  deployMutation,
  registerIso,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { joinProject, makeProject } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let offeringId: string;
let templateId: string;
let owner: Tenant;
let guest: Tenant;
let above: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  const domainId = await aDomain(server.db, 'customer');
  owner = await aTenant(server, 'owner', { domainId });
  guest = await aTenant(server, 'guest', { domainId: await aDomain(server.db, 'elsewhere') });
  above = await aTenant(server, 'above', { domainId, role: roleId('Domain Admin') });
  templateId = await privateTemplate(owner);
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const privateTemplate = ({ accountId }: { accountId: string }) =>
  registerTemplate(server.admin, zone.zoneId, undefined, { isPublic: false, accountId });

const shareTemplate =
  'mutation ($input: ShareTemplateInput!) { shareTemplate(input: $input) { template { id isPublic isFeatured } } }';

const toGuest = [{ domainPath: '/elsewhere', accountName: 'guest' }];

interface TemplateView {
  id: string;
  grants: { accountName: string; domainPath: string }[] | null;
}

async function templatesOf(client: ApiClient, sharing?: string): Promise<TemplateView[]> {
  const { templates } = await client.ask<{ templates: { nodes: TemplateView[] } }>(
    'query ($filter: TemplateFilter) { templates(filter: $filter) { nodes { id grants { accountName domainPath } } } }',
    { filter: { ...(sharing !== undefined && { sharing }) } },
  );
  return templates.nodes;
}

const idsOf = async (client: ApiClient, sharing?: string) =>
  (await templatesOf(client, sharing)).map(({ id }) => id);

const machine = (name: string, image: string, accountId?: string) => ({
  name,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId: image,
  ...(accountId !== undefined && { accountId }),
});

test('a private template is its owner’s and of those above', async () => {
  expect(await idsOf(owner.client, 'MINE')).toEqual([templateId]);
  expect(await idsOf(above.client)).toEqual([templateId]);
  expect(await idsOf(guest.client)).toEqual([]);
  for (const [query, input] of [
    [deployMutation, machine('early', templateId)],
    [shareTemplate, { id: templateId, grantTo: toGuest }],
  ] as const)
    expect(await refusalOf(guest.client, query, { input })).toMatchObject({ code: 'NOT_FOUND' });
});

test('an account that it was granted to deploys from it, and does no more with it', async () => {
  await owner.client.ask(shareTemplate, { input: { id: templateId, grantTo: toGuest } });
  expect(await templatesOf(owner.client)).toEqual([
    { id: templateId, grants: [{ accountName: 'guest', domainPath: '/elsewhere' }] },
  ]);
  expect(await templatesOf(guest.client, 'SHARED_WITH_ME')).toEqual([{ id: templateId, grants: null }]);
  const { job } = await deploy(guest.client, machine('granted', templateId));
  expect(job.status).toBe('SUCCEEDED');
  for (const [query, input] of [
    [
      'mutation ($input: DeleteTemplateInput!) { deleteTemplate(input: $input) { job { id } } }',
      { id: templateId },
    ],
    [shareTemplate, { id: templateId, revokeFrom: [guest.accountId] }],
  ] as const)
    expect(await refusalOf(guest.client, query, { input })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await idsOf(owner.client)).toEqual([templateId]);
});

test('a revoked grant hides it; what was made of it runs on', async () => {
  const { changeCursor } = await guest.client.ask<{ changeCursor: string }>('{ changeCursor }');
  await owner.client.ask(shareTemplate, { input: { id: templateId, revokeFrom: [guest.accountId] } });
  const changes = guest.client.follow<{ changes: { changes: unknown[] } }>(
    'subscription ($after: Cursor) { changes(after: $after, filter: { kinds: ["Template"] }) { changes { id operation node { id } } } }',
    { after: changeCursor },
  );
  const { value } = await changes.next();
  await changes.return();
  expect(value?.changes.changes).toEqual([{ id: templateId, operation: 'DELETED', node: null }]);
  expect(await idsOf(guest.client)).toEqual([]);
  expect(await refusalOf(guest.client, deployMutation, { input: machine('late', templateId) })).toMatchObject(
    { code: 'NOT_FOUND' },
  );
  const { virtualMachines } = await guest.client.ask<{ virtualMachines: { nodes: unknown[] } }>(
    '{ virtualMachines { nodes { name state template { id } } } }',
  );
  expect(virtualMachines.nodes).toEqual([{ name: 'granted', state: 'RUNNING', template: null }]);
});

test('a grant to a project is for the project’s machines alone', async () => {
  const project = await makeProject(guest.client, 'granted');
  await joinProject(guest.client, project.id, owner, 'MEMBER');
  await owner.client.ask(shareTemplate, {
    input: { id: templateId, grantTo: [{ accountId: project.accountId }] },
  });
  expect(await idsOf(guest.client, 'SHARED_WITH_ME')).toEqual([templateId]);
  expect(await refusalOf(guest.client, deployMutation, { input: machine('mine', templateId) })).toMatchObject(
    { code: 'VALIDATION_FAILED', path: 'input.templateId' },
  );
  const { job } = await deploy(guest.client, machine('shared', templateId, project.accountId));
  expect(job.status).toBe('SUCCEEDED');
});

test('nobody makes another’s machine of a template that is not shared with that one', async () => {
  const stranger = await aTenant(server, 'stranger');
  expect(
    await refusalOf(server.admin, deployMutation, { input: machine('x', templateId, stranger.accountId) }),
  ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.templateId' });
});

test('only who may publish makes it public or featured', async () => {
  const id = await privateTemplate(owner);
  for (const input of [{ isPublic: true }, { isPublic: true, isFeatured: true }])
    for (const { client } of [owner, above])
      expect(await refusalOf(client, shareTemplate, { input: { id, ...input } })).toMatchObject({
        code: 'FORBIDDEN',
      });
  expect(await idsOf(guest.client, 'PUBLIC')).toEqual([]);
  expect(await refusalOf(server.admin, shareTemplate, { input: { id, isFeatured: true } })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.isFeatured',
  });
  await server.admin.ask(shareTemplate, { input: { id, isPublic: true, isFeatured: true } });
  expect(await idsOf(guest.client, 'FEATURED')).toEqual([id]);
  const { shareTemplate: hidden } = await server.admin.ask<{ shareTemplate: unknown }>(shareTemplate, {
    input: { id, isPublic: false },
  });
  expect(hidden).toEqual({ template: { id, isPublic: false, isFeatured: false } });
  expect(await idsOf(guest.client)).not.toContain(id);
});

test('what is named wrongly shares nothing', async () => {
  const id = await privateTemplate(owner);
  const refusal = (grantTo: unknown[], more: Record<string, unknown> = {}) =>
    refusalOf(owner.client, shareTemplate, { input: { id, grantTo, ...more } });
  expect(await refusal([...toGuest, { domainPath: '/elsewhere', accountName: 'nobody' }])).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await refusal([{ accountId: guest.accountId }])).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refusal([{ accountId: owner.accountId }])).toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(await refusal([{}])).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.grantTo.0.accountId' });
  expect(await refusal(toGuest, { expectedVersion: 99 })).toMatchObject({ code: 'VERSION_CONFLICT' });
  expect((await templatesOf(owner.client)).find((each) => each.id === id)?.grants).toEqual([]);
});

test('ISOs are shared in the same way', async () => {
  const id = await registerIso(server.admin, zone.zoneId, { isPublic: false, accountId: owner.accountId });
  await owner.client.ask('mutation ($input: ShareIsoInput!) { shareIso(input: $input) { iso { id } } }', {
    input: { id, grantTo: toGuest },
  });
  const { isos } = await guest.client.ask<{ isos: { nodes: unknown[] } }>(
    '{ isos(filter: { sharing: SHARED_WITH_ME }) { nodes { id } } }',
  );
  expect(isos.nodes).toEqual([{ id }]);
});

test('images are found by how far they are in a zone that one sees', async () => {
  const broken = await privateTemplate(owner);
  await server.db
    .updateTable('ImageReplica')
    .set({ state: 'ERROR' })
    .where('imageId', '=', parseId('Template', broken))
    .execute();
  const inStates = async (client: ApiClient, state: string[]) => {
    const { templates } = await client.ask<{ templates: { nodes: { id: string }[] } }>(
      'query ($filter: TemplateFilter) { templates(filter: $filter) { nodes { id } } }',
      { filter: { state } },
    );
    return templates.nodes.map(({ id }) => id);
  };
  expect(await inStates(server.admin, ['ERROR'])).toEqual([broken]);
  expect(await inStates(owner.client, ['ERROR', 'READY'])).toContain(templateId);
  expect(await inStates(owner.client, ['READY'])).not.toContain(broken);
  expect(await inStates(guest.client, ['ERROR'])).toEqual([]);
});

test('a list of templates costs as many statements for one as for many', async () => {
  const statementsFor = async (first: number) => {
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = server.statements();
      await server.admin.ask(
        `query ($first: Int) { templates(first: $first) { nodes {
          name account { name } grants { accountName } replicas { state zone { name } } } } }`,
        { first },
      );
      counts.push(server.statements() - before);
    }
    return Math.min(...counts);
  };
  expect((await templatesOf(server.admin)).length).toBeGreaterThan(2);
  expect(await statementsFor(50)).toBe(await statementsFor(1));
});

test('a private disc goes only into machines of those who may use it, whoever puts it in', async () => {
  const isoId = await registerIso(server.admin, zone.zoneId, { isPublic: false });
  const { machine: made } = await deploy(owner.client, machine('discless', templateId));
  const attach = 'mutation ($input: AttachIsoInput!) { attachIso(input: $input) { job { id } } }';
  expect(await refusalOf(server.admin, attach, { input: { id: made.id, isoId } })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.isoId',
  });
});
