import type { ApiClient } from './api-client.ts';
import type { Tenant } from './tenancy.ts';

export interface ProjectView {
  id: string;
  name: string;
  displayText: string;
  state: string;
  accountId: string;
  viewerRole: string | null;
  version: number;
  members: { accountName: string; domainPath: string; role: string; account: { id: string } | null }[];
  counts: Record<string, number>;
  availableActions: { action: string; isAllowed: boolean; reason: string | null }[];
}

const projectFields = `id name displayText state accountId viewerRole version
  members { accountName domainPath role account { id } }
  counts { virtualMachines runningVirtualMachines volumes images }
  availableActions { action isAllowed reason }`;

/** A project of the client's account. */
export async function makeProject(
  client: ApiClient,
  name: string,
): Promise<{ id: string; accountId: string }> {
  const { createProject } = await client.ask<{
    createProject: { project: { id: string; accountId: string } };
  }>('mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id accountId } } }', {
    input: { name },
  });
  return createProject.project;
}

/** `null` when there is none, or the client may not see it. */
export async function projectOf(client: ApiClient, id: string): Promise<ProjectView | null> {
  const { project } = await client.ask<{ project: ProjectView | null }>(
    `query ($id: ID!) { project(id: $id) { ${projectFields} } }`,
    { id },
  );
  return project;
}

/** Invites an account by its name. @returns id of the invitation */
export async function inviteToProject(
  client: ApiClient,
  projectId: string,
  { client: invited }: Tenant,
  role: string,
): Promise<string> {
  const { accounts } = await invited.ask<{
    accounts: { nodes: { name: string; isProject: boolean; domain: { path: string } }[] };
  }>('{ accounts { nodes { name isProject domain { path } } } }');
  const own = accounts.nodes.find(({ isProject }) => !isProject);
  const { inviteToProject: answer } = await client.ask<{ inviteToProject: { invitation: { id: string } } }>(
    'mutation ($input: InviteToProjectInput!) { inviteToProject(input: $input) { invitation { id } } }',
    { input: { projectId, role, accountName: own?.name, domainPath: own?.domain.path } },
  );
  return answer.invitation.id;
}

/** Has an account invited and accept. */
export async function joinProject(
  client: ApiClient,
  projectId: string,
  tenant: Tenant,
  role: string,
): Promise<void> {
  const id = await inviteToProject(client, projectId, tenant, role);
  await tenant.client.ask(
    'mutation ($id: ID!) { answerProjectInvitation(input: { id: $id, isAccepted: true }) { project { id } } }',
    { id },
  );
}
