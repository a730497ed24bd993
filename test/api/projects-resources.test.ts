import { setTimeout as sleep } from 'node:timers/promises';
import { countedThings } from '@nephos/server/identity/limit/counted-things.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import {
  change,
  deploy,
  deployMutation,
  findMachine,
  getMachine,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { joinProject, makeProject, projectOf } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;
let owner: Tenant;
let member: Tenant;
let viewer: Tenant;
let stranger: Tenant;
let above: Tenant;
let project: { id: string; accountId: string };

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  const domainId = await aDomain(server.db, 'customer');
  const elsewhere = await aDomain(server.db, 'elsewhere');
  owner = await aTenant(server, 'owner', { domainId });
  member = await aTenant(server, 'member', { domainId: elsewhere });
  viewer = await aTenant(server, 'viewer', { domainId });
  stranger = await aTenant(server, 'stranger', { domainId });
  above = await aTenant(server, 'above', { domainId, role: roleId('Domain Admin') });
  project = await makeProject(owner.client, 'apollo');
  await joinProject(owner.client, project.id, member, 'MEMBER');
  await joinProject(owner.client, project.id, viewer, 'VIEWER');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const machine = (name: string, accountId?: string) => ({
  name,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId,
  ...(accountId !== undefined && { accountId }),
});

const rename = (client: ApiClient, id: string, name: string) =>
  client.ask(
    'mutation ($id: ID!, $name: String!) { updateVirtualMachine(input: { id: $id, name: $name }) { virtualMachine { name } } }',
    { id, name },
  );

const listed = async (client: ApiClient, field: string, accountId: string) => {
  const answer = await client.ask<Record<string, { nodes: { id: string }[] }>>(
    `query ($accountId: ID) { ${field}(accountId: $accountId) { nodes { id } } }`,
    { accountId },
  );
  return answer[field]?.nodes.map(({ id }) => id);
};

/** What the machine itself says of starting it. */
const startable = async (client: ApiClient, id: string) => {
  const { virtualMachine } = await client.ask<{
    virtualMachine: { availableActions: { action: string; isAllowed: boolean; reason: string | null }[] };
  }>('query ($id: ID!) { virtualMachine(id: $id) { availableActions { action isAllowed reason } } }', { id });
  const start = virtualMachine.availableActions.find(({ action }) => action === 'START');
  return { isAllowed: start?.isAllowed, reason: start?.reason };
};

describe('what belongs to a project', () => {
  test('is made by members, owned by the project’s account, and listed by it', async () => {
    const own = await deploy(member.client, machine('web'));
    // Names are unique for each owner.
    const shared = await deploy(member.client, machine('web', project.accountId));
    expect([own.job.status, shared.job.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    const { machine: made } = shared;
    for (const { client } of [owner, member, viewer, above])
      expect(await listed(client, 'virtualMachines', project.accountId)).toEqual([made.id]);
    expect(await listed(member.client, 'virtualMachines', member.accountId)).toEqual([own.machine.id]);
    expect(await listed(viewer.client, 'volumes', project.accountId)).toEqual(
      made.volumes.map(({ id }) => id),
    );
    expect(await listed(viewer.client, 'jobs', project.accountId)).toContain(shared.job.id);
    expect(await listed(owner.client, 'auditEvents', project.accountId)).not.toEqual([]);
    expect((await projectOf(viewer.client, project.id))?.counts).toMatchObject({
      virtualMachines: 1,
      runningVirtualMachines: 1,
      volumes: 1,
    });
    expect(
      await refusalOf(member.client, deployMutation, { input: machine('web', project.accountId) }),
    ).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
    expect(await findMachine(owner.client, own.machine.id)).toBeNull();
    await change(owner.client, 'stopVirtualMachine', { id: made.id });
    await change(member.client, 'startVirtualMachine', { id: made.id });
  });

  test('is hidden from those who do not take part', async () => {
    const query = 'query ($accountId: ID) { virtualMachines(accountId: $accountId) { nodes { id } } }';
    expect(await refusalOf(stranger.client, query, { accountId: project.accountId })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await refusalOf(stranger.client, deployMutation, { input: machine('mine', project.accountId) }),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is seen by viewers, who change nothing', async () => {
    const { machine: made } = await deploy(owner.client, machine('looked-at', project.accountId));
    const before = await getMachine(viewer.client, made.id);
    for (const mutation of ['stopVirtualMachine', 'rebootVirtualMachine', 'destroyVirtualMachine'] as const)
      await expect(change(viewer.client, mutation, { id: made.id })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    await expect(rename(viewer.client, made.id, 'mine')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(
      await refusalOf(viewer.client, deployMutation, { input: machine('more', project.accountId) }),
    ).toMatchObject({ code: 'FORBIDDEN' });
    expect(await getMachine(owner.client, made.id)).toEqual(before);
    const { virtualMachine } = await viewer.client.ask<{
      virtualMachine: { availableActions: { isAllowed: boolean; reason: string }[] };
    }>('query ($id: ID!) { virtualMachine(id: $id) { availableActions { isAllowed reason } } }', {
      id: made.id,
    });
    expect(new Set(virtualMachine.availableActions.map(({ isAllowed }) => isAllowed))).toEqual(
      new Set([false]),
    );
  });

  test('may be given to any account below by those above, and to none beside', async () => {
    const { machine: made } = await deploy(above.client, machine('given', stranger.accountId));
    expect(await getMachine(stranger.client, made.id)).toMatchObject({ name: 'given' });
    expect(
      await refusalOf(above.client, deployMutation, { input: machine('beside', member.accountId) }),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('who is a member no more', () => {
  test('sees nothing on a running subscription within two seconds', async () => {
    const { machine: own } = await deploy(stranger.client, machine('own'));
    const { machine: shared } = await deploy(owner.client, machine('followed', project.accountId));
    await joinProject(owner.client, project.id, stranger, 'MEMBER');
    const seen: string[] = [];
    const follow = async () => {
      const changes = stranger.client.follow<{ virtualMachineChanged: { virtualMachine: { name: string } } }>(
        'subscription { virtualMachineChanged { virtualMachine { name } } }',
      );
      for await (const { virtualMachineChanged } of changes) {
        seen.push(virtualMachineChanged.virtualMachine.name);
        if (seen.at(-1) === 'own-last') return;
      }
    };
    const following = follow();
    let turn = 0;
    await eventually(
      async () => {
        await rename(owner.client, shared.id, `followed-${++turn}`);
        return seen.length;
      },
      (told) => told > 0,
    );
    await owner.client.ask(
      'mutation ($input: RemoveProjectMemberInput!) { removeProjectMember(input: $input) { accountId } }',
      { input: { projectId: project.id, accountId: stranger.accountId } },
    );
    await sleep(1500);
    await rename(owner.client, shared.id, 'unseen');
    await rename(stranger.client, own.id, 'own-last');
    // The same socket goes on with what is theirs.
    await following;
    expect(seen).not.toContain('unseen');
    expect(await findMachine(stranger.client, shared.id)).toBeNull();
  });

  test('cannot change any more what a demotion left to look at', async () => {
    const { machine: made } = await deploy(member.client, machine('demoted', project.accountId));
    const update = (role: string) =>
      owner.client.ask(
        'mutation ($input: UpdateProjectMemberInput!) { updateProjectMember(input: $input) { project { id } } }',
        { input: { projectId: project.id, accountId: member.accountId, role } },
      );
    await update('VIEWER');
    await expect(rename(member.client, made.id, 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await update('MEMBER');
    await rename(member.client, made.id, 'promoted');
  });
});

test('a suspended project’s machines are off and stay off until it is activated', async () => {
  const { id, accountId } = await makeProject(owner.client, 'suspended');
  const { machine: made } = await deploy(owner.client, machine('runs', accountId));
  const { suspendProject } = await owner.client.ask<{
    suspendProject: { project: { state: string }; job: { id: string } };
  }>('mutation ($id: ID!) { suspendProject(input: { id: $id }) { project { state } job { id } } }', { id });
  expect(suspendProject.project.state).toBe('SUSPENDED');
  expect(await followJob(owner.client, suspendProject.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(owner.client, made.id)).toMatchObject({ state: 'STOPPED' });
  const naming = expect.stringContaining('project suspended is SUSPENDED') as string;
  for (const client of [owner.client, above.client, server.admin]) {
    await expect(change(client, 'startVirtualMachine', { id: made.id })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: naming,
    });
    expect(await refusalOf(client, deployMutation, { input: machine('new', accountId) })).toMatchObject({
      code: 'INVALID_STATE',
      message: naming,
    });
  }
  expect(await startable(owner.client, made.id)).toEqual({
    isAllowed: false,
    reason: 'its project is SUSPENDED',
  });
  const activate = 'mutation ($id: ID!) { activateProject(input: { id: $id }) { project { state } } }';
  expect(await owner.client.ask(activate, { id })).toEqual({
    activateProject: { project: { state: 'ACTIVE' } },
  });
  expect(await refusalOf(owner.client, activate, { id })).toMatchObject({ code: 'INVALID_STATE' });
  expect(await change(owner.client, 'startVirtualMachine', { id: made.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('no machine runs in a suspended project, however the two meet', async () => {
  const { id, accountId } = await makeProject(owner.client, 'raced');
  const [suspended, ...made] = await Promise.all([
    owner.client.send('mutation ($id: ID!) { suspendProject(input: { id: $id }) { job { id } } }', { id }),
    ...['r-1', 'r-2', 'r-3', 'r-4'].map((name) =>
      owner.client.send(deployMutation, { input: machine(name, accountId) }),
    ),
  ]);
  const { suspendProject } = suspended.data as { suspendProject: { job: { id: string } } };
  expect(await followJob(owner.client, suspendProject.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  for (const { errors } of made)
    expect(errors?.[0]?.extensions.code ?? 'made').toMatch(/^(made|INVALID_STATE)$/);
  expect((await projectOf(owner.client, id))?.counts).toMatchObject({
    virtualMachines: made.filter(({ errors }) => errors === undefined).length,
    runningVirtualMachines: 0,
  });
});

test('nothing is made or started for an account that is disabled', async () => {
  const disabled = await aTenant(server, 'disabled', { domainId: above.domainId });
  const { machine: made } = await deploy(disabled.client, machine('off'));
  const { disableAccount } = await above.client.ask<{ disableAccount: { job: { id: string } } }>(
    'mutation ($id: ID!) { disableAccount(input: { id: $id }) { job { id } } }',
    { id: disabled.accountId },
  );
  expect(await followJob(above.client, disableAccount.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const refused = {
    code: 'INVALID_STATE',
    message: expect.stringContaining('account disabled is DISABLED') as string,
  };
  await expect(change(above.client, 'startVirtualMachine', { id: made.id })).rejects.toMatchObject(refused);
  expect(
    await refusalOf(above.client, deployMutation, { input: machine('new', disabled.accountId) }),
  ).toMatchObject(refused);
  expect(await startable(above.client, made.id)).toEqual({
    isAllowed: false,
    reason: 'its account is DISABLED',
  });
});

test('a project of which something cannot be removed stays, suspended, with what is left', async () => {
  const { id, accountId } = await makeProject(owner.client, 'stubborn');
  await deploy(owner.client, machine('fail-at-stop', accountId));
  const remove = 'mutation ($id: ID!) { deleteProject(input: { id: $id }) { job { id } } }';
  const { deleteProject } = await owner.client.ask<{ deleteProject: { job: { id: string } } }>(remove, {
    id,
  });
  const job = await followJob(owner.client, deleteProject.job.id);
  expect(job.status).toBe('FAILED');
  expect(job.error?.message).toContain('fail-at-stop');
  expect(await projectOf(owner.client, id)).toMatchObject({
    state: 'SUSPENDED',
    counts: { virtualMachines: 1 },
  });
});

test('deleting a project says what goes, removes it all, and gives back what was counted', async () => {
  const { id, accountId } = await makeProject(owner.client, 'doomed');
  await joinProject(owner.client, id, viewer, 'VIEWER');
  await deploy(owner.client, machine('one', accountId));
  const { machine: off } = await deploy(owner.client, machine('two', accountId));
  await change(owner.client, 'stopVirtualMachine', { id: off.id });
  const { planDeleteProject } = await owner.client.ask<{ planDeleteProject: unknown }>(
    'query ($id: ID!) { planDeleteProject(input: { id: $id }) { virtualMachines volumes images members } }',
    { id },
  );
  expect(planDeleteProject).toEqual({ virtualMachines: 2, volumes: 2, images: 0, members: 2 });
  const remove = 'mutation ($id: ID!) { deleteProject(input: { id: $id }) { job { id } } }';
  expect(await refusalOf(viewer.client, remove, { id })).toMatchObject({ code: 'FORBIDDEN' });
  const { deleteProject } = await owner.client.ask<{ deleteProject: { job: { id: string } } }>(remove, {
    id,
  });
  expect(await projectOf(viewer.client, id)).toBeNull();
  expect(await followJob(owner.client, deleteProject.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const { rows } = await sql<{ left: number }>`
    select (select count(*) from "Account" where "id" = ${accountId})
      + (select count(*) from "VirtualMachine" where "accountId" = ${accountId})
      + (select count(*) from "Volume" where "accountId" = ${accountId})
      + (select count(*) from "ProjectMember" where "projectId" = ${id}) as "left"`.execute(server.db);
  expect(Number(rows[0]?.left)).toBe(0);
  const drift = await sql`
    select * from "ResourceCount" c
    full join (select * from (${countedThings}) as t where "amount" > 0) as t
      on t."accountId" = c."accountId" and t."resource" = c."resource"::text
    where coalesce(c."used", 0) <> coalesce(t."amount", 0)`.execute(server.db);
  expect(drift.rows).toEqual([]);
  await makeProject(owner.client, 'doomed');
});
