import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { inviteToProject, joinProject, makeProject, projectOf } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let ada: Tenant;
let ben: Tenant;
let cleo: Tenant;
let stranger: Tenant;
let above: Tenant;
let beside: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  const { db } = server;
  const region = await aDomain(db, 'region');
  const customer = await aDomain(db, 'customer', region);
  const other = await aDomain(db, 'other');
  ada = await aTenant(server, 'ada', { domainId: customer });
  await db
    .insertInto('ResourceLimit')
    .values({ ownerId: ada.accountId, resource: 'PROJECT', maximum: -1n })
    .execute();
  ben = await aTenant(server, 'ben', { domainId: customer });
  cleo = await aTenant(server, 'cleo', { domainId: other });
  stranger = await aTenant(server, 'stranger', { domainId: customer });
  above = await aTenant(server, 'above', { domainId: region, role: roleId('Domain Admin') });
  beside = await aTenant(server, 'beside', { domainId: other, role: roleId('Domain Admin') });
});

afterAll(() => server[Symbol.asyncDispose]());

const membersOf = async (client: ApiClient, id: string) => {
  const { members } = (await projectOf(client, id)) ?? { members: [] };
  return members.map(({ accountName, role }) => `${accountName} ${role}`);
};

const update =
  'mutation ($input: UpdateProjectInput!) { updateProject(input: $input) { project { name displayText } } }';
const remove =
  'mutation ($input: RemoveProjectMemberInput!) { removeProjectMember(input: $input) { accountId project { id } } }';
const updateMember =
  'mutation ($input: UpdateProjectMemberInput!) { updateProjectMember(input: $input) { project { id } } }';
const answer =
  'mutation ($input: AnswerProjectInvitationInput!) { answerProjectInvitation(input: $input) { project { id viewerRole } } }';
const invite =
  'mutation ($input: InviteToProjectInput!) { inviteToProject(input: $input) { invitation { id } project { id } } }';

describe('a project', () => {
  test('has its maker as its admin and an account of its own', async () => {
    const { id, accountId } = await makeProject(ada.client, 'apollo');
    const project = await projectOf(ada.client, id);
    expect(project).toMatchObject({ name: 'apollo', state: 'ACTIVE', viewerRole: 'ADMIN', accountId });
    expect(project?.members).toMatchObject([
      { accountName: 'ada', domainPath: '/region/customer', role: 'ADMIN', account: { id: ada.accountId } },
    ]);
    expect(
      project?.availableActions.filter(({ isAllowed }) => isAllowed).map(({ action }) => action),
    ).toEqual(['UPDATE', 'INVITE', 'UPDATE_MEMBER', 'REMOVE_MEMBER', 'SUSPEND', 'DELETE']);
    const account = await server.db
      .selectFrom('Account')
      .selectAll()
      .where('id', '=', accountId as never)
      .executeTakeFirstOrThrow();
    expect(account).toMatchObject({ domainId: ada.domainId, roleId: null });
    const count = await server.db
      .selectFrom('ResourceCount')
      .select('used')
      .where('accountId', '=', ada.accountId)
      .where('resource', '=', 'PROJECT')
      .executeTakeFirst();
    expect(count?.used).toBe(1n);
  });

  test('has a name of its own in its domain', async () => {
    const query = 'mutation { createProject(input: { name: "apollo" }) { project { id } } }';
    expect(await refusalOf(ben.client, query)).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
    await makeProject(cleo.client, 'apollo');
  });

  test('is seen by its members and by administrators above, and by nobody else', async () => {
    const { id } = await makeProject(ada.client, 'seen');
    expect(await projectOf(above.client, id)).toMatchObject({ name: 'seen', viewerRole: null });
    expect(await projectOf(server.admin, id)).toMatchObject({ name: 'seen' });
    for (const { client } of [ben, stranger, cleo, beside]) {
      expect(await projectOf(client, id)).toBeNull();
      expect(await refusalOf(client, update, { input: { id, name: 'mine' } })).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    await above.client.ask(update, { input: { id, displayText: 'from above' } });
    expect(await projectOf(ada.client, id)).toMatchObject({ name: 'seen', displayText: 'from above' });
  });

  test('is changed only over the version that was seen, and to a free name', async () => {
    const { id } = await makeProject(ada.client, 'renamed');
    const expectedVersion = (await projectOf(ada.client, id))?.version;
    await ada.client.ask(update, { input: { id, name: 'renamed-2', expectedVersion } });
    expect(await refusalOf(ada.client, update, { input: { id, name: 'x', expectedVersion } })).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(await refusalOf(ada.client, update, { input: { id, name: 'apollo' } })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
  });

  test('is listed by the role in it', async () => {
    const names = async (client: ApiClient, role: string) => {
      const { projects } = await client.ask<{ projects: { nodes: { name: string }[] } }>(
        'query ($role: [ProjectRole!]) { projects(filter: { role: $role }) { nodes { name } } }',
        { role: [role] },
      );
      return projects.nodes.map(({ name }) => name);
    };
    const { id } = await makeProject(ben.client, 'listed');
    await joinProject(ben.client, id, ada, 'VIEWER');
    expect(await names(ada.client, 'VIEWER')).toEqual(['listed']);
    expect(await names(ada.client, 'ADMIN')).not.toContain('listed');
    expect(await names(above.client, 'ADMIN')).toEqual([]);
  });
});

describe('an invitation', () => {
  test('goes to an account that the inviter cannot see, and shows it the name and no more', async () => {
    const { id } = await makeProject(ada.client, 'abroad');
    const invitationId = await inviteToProject(ada.client, id, cleo, 'MEMBER');
    const { projectInvitations } = await cleo.client.ask<{ projectInvitations: { nodes: unknown[] } }>(
      `{ projectInvitations(filter: { isForMe: true }) {
        nodes { id projectName accountName role invitedBy isExpired project { id } } } }`,
    );
    expect(projectInvitations.nodes).toEqual([
      {
        id: invitationId,
        projectName: 'abroad',
        accountName: 'cleo',
        role: 'MEMBER',
        invitedBy: 'ada',
        isExpired: false,
        project: null,
      },
    ]);
    expect(await projectOf(cleo.client, id)).toBeNull();
    const { answerProjectInvitation } = await cleo.client.ask<{ answerProjectInvitation: unknown }>(answer, {
      input: { id: invitationId, isAccepted: true },
    });
    expect(answerProjectInvitation).toEqual({ project: { id, viewerRole: 'MEMBER' } });
    expect(await membersOf(cleo.client, id)).toEqual(['ada ADMIN', 'cleo MEMBER']);
    expect(
      await refusalOf(ada.client, invite, { input: { projectId: id, ...named('/other', 'cleo') } }),
    ).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  const named = (domainPath: string, accountName: string) => ({ domainPath, accountName });

  test('to an account that does not exist, or is of a project, is refused', async () => {
    const { id, accountId } = await makeProject(ada.client, 'choosy');
    const refusal = (whom: Record<string, unknown>) =>
      refusalOf(ada.client, invite, { input: { projectId: id, ...whom } });
    expect(await refusal(named('/other', 'nobody'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal({ accountId: cleo.accountId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal({ accountId })).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await refusal({})).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.accountId' });
    expect(await refusal({ accountId, ...named('/other', 'cleo') })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  test('is answered by the invited account alone, once', async () => {
    const { id } = await makeProject(ada.client, 'answered');
    const invitationId = await inviteToProject(ada.client, id, ben, 'VIEWER');
    const input = { id: invitationId, isAccepted: true };
    expect(await refusalOf(stranger.client, answer, { input })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(ada.client, answer, { input })).toMatchObject({ code: 'FORBIDDEN' });
    await ben.client.ask(answer, { input: { ...input, isAccepted: false } });
    expect(await membersOf(ada.client, id)).toEqual(['ada ADMIN']);
    expect(await refusalOf(ben.client, answer, { input })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is taken back by those who run the project, not by the invited', async () => {
    const revoke = 'mutation ($id: ID!) { revokeProjectInvitation(input: { id: $id }) { project { id } } }';
    const { id } = await makeProject(ada.client, 'revoked');
    const invitationId = await inviteToProject(ada.client, id, ben, 'MEMBER');
    expect(await refusalOf(ben.client, revoke, { id: invitationId })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf(stranger.client, revoke, { id: invitationId })).toMatchObject({
      code: 'NOT_FOUND',
    });
    await ada.client.ask(revoke, { id: invitationId });
    expect(
      await refusalOf(ben.client, answer, { input: { id: invitationId, isAccepted: true } }),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('runs out', async () => {
    const { id } = await makeProject(ada.client, 'late');
    const invitationId = await inviteToProject(ada.client, id, ben, 'MEMBER');
    await server.db
      .updateTable('ProjectInvitation')
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where('id', '=', invitationId as never)
      .execute();
    expect(
      await refusalOf(ben.client, answer, { input: { id: invitationId, isAccepted: true } }),
    ).toMatchObject({ code: 'INVALID_STATE' });
    expect(await projectOf(ben.client, id)).toBeNull();
    // Another one takes its place.
    await joinProject(ada.client, id, ben, 'MEMBER');
    expect(await membersOf(ben.client, id)).toEqual(['ada ADMIN', 'ben MEMBER']);
  });

  test('is not needed where project.invite.required is false', async () => {
    const set = (value: string | null) =>
      server.admin.ask(
        'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
        { input: { key: 'project.invite.required', value } },
      );
    await set('false');
    const { id } = await makeProject(ada.client, 'open');
    const { inviteToProject: answered } = await ada.client.ask<{ inviteToProject: unknown }>(invite, {
      input: { projectId: id, accountName: 'cleo', domainPath: '/other' },
    });
    await set(null);
    expect(answered).toEqual({ invitation: null, project: { id } });
    expect(await membersOf(cleo.client, id)).toEqual(['ada ADMIN', 'cleo MEMBER']);
  });
});

describe('members', () => {
  test('run the project only as admins', async () => {
    const { id } = await makeProject(ada.client, 'roles');
    await joinProject(ada.client, id, ben, 'MEMBER');
    for (const [query, input] of [
      [update, { id, name: 'taken over' }],
      [invite, { projectId: id, accountName: 'cleo', domainPath: '/other' }],
      [updateMember, { projectId: id, accountId: ben.accountId, role: 'ADMIN' }],
      [remove, { projectId: id, accountId: ada.accountId }],
    ] as const)
      expect(await refusalOf(ben.client, query, { input })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await membersOf(ada.client, id)).toEqual(['ada ADMIN', 'ben MEMBER']);
    await ada.client.ask(updateMember, { input: { projectId: id, accountId: ben.accountId, role: 'ADMIN' } });
    await ben.client.ask(update, { input: { id, name: 'shared' } });
  });

  test('may leave, whatever they are, and see nothing then', async () => {
    const { id } = await makeProject(ada.client, 'left');
    await joinProject(ada.client, id, ben, 'VIEWER');
    const input = { projectId: id, accountId: ben.accountId };
    const { removeProjectMember } = await ben.client.ask<{ removeProjectMember: unknown }>(remove, { input });
    expect(removeProjectMember).toEqual({ accountId: ben.accountId, project: null });
    expect(await projectOf(ben.client, id)).toBeNull();
    expect(await refusalOf(ada.client, remove, { input })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('always have an admin among them, also when two leave at once', async () => {
    const { id } = await makeProject(ada.client, 'last');
    const leave = (tenant: Tenant) =>
      tenant.client.send(remove, { input: { projectId: id, accountId: tenant.accountId } });
    expect((await leave(ada)).errors?.[0]?.extensions.code).toBe('INVALID_STATE');
    expect(
      await refusalOf(ada.client, updateMember, {
        input: { projectId: id, accountId: ada.accountId, role: 'VIEWER' },
      }),
    ).toMatchObject({ code: 'INVALID_STATE' });
    await joinProject(ada.client, id, ben, 'ADMIN');
    const answers = await Promise.all([leave(ada), leave(ben)]);
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'left').sort()).toEqual([
      'INVALID_STATE',
      'left',
    ]);
    expect(await membersOf(server.admin, id)).toHaveLength(1);
  });
});

test('a list of projects costs as many statements for one as for many', async () => {
  const statementsFor = async (first: number) => {
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = server.statements();
      const { projects } = await ada.client.ask<{ projects: { nodes: unknown[] } }>(
        `query ($first: Int) { projects(first: $first) { nodes {
          name account { name } counts { volumes } availableActions { action isAllowed }
          members { accountName account { name } } invitations { projectName accountName } } } }`,
        { first },
      );
      expect(projects.nodes.length).toBeGreaterThanOrEqual(Math.min(first, 5));
      counts.push(server.statements() - before);
    }
    return Math.min(...counts);
  };
  const { id } = await makeProject(ada.client, 'with-invitation');
  await inviteToProject(ada.client, id, cleo, 'MEMBER');
  const { projects } = await ada.client.ask<{ projects: { nodes: { id: string }[] } }>(
    '{ projects(first: 1) { nodes { id } } }',
  );
  await inviteToProject(ada.client, projects.nodes[0]!.id, cleo, 'MEMBER');
  expect(await statementsFor(50)).toBe(await statementsFor(1));
});
