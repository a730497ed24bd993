import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { ProjectRole } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { changeableScopeOf, scopeOf } from '../access/visibility.ts';

/** An account that takes part in a project. Those who take part know each other by name. */
export interface MemberFacts {
  projectId: Id<'Project'>;
  accountId: Id<'Account'>;
  accountName: string;
  domainPath: string;
  role: ProjectRole;
  createdAt: Date;
}

/** The members of each of some projects, oldest first. */
export async function membersOf(
  db: Database,
  projectIds: readonly string[],
): Promise<Map<string, MemberFacts[]>> {
  const rows = await db
    .selectFrom('ProjectMember as m')
    .innerJoin('Account as a', 'a.id', 'm.accountId')
    .innerJoin('Domain as d', 'd.id', 'a.domainId')
    .select([
      'm.projectId',
      'm.accountId',
      'a.name as accountName',
      'd.path as domainPath',
      'm.role',
      'm.createdAt',
    ])
    .where('m.projectId', 'in', projectIds as Id<'Project'>[])
    .orderBy('m.createdAt')
    .orderBy('m.accountId')
    .execute();
  return Map.groupBy(rows, ({ projectId }) => projectId as string);
}

/** The open invitations, of each of some projects, that an actor may see. */
export function openInvitationsOf(actor: Actor) {
  return async (
    db: Database,
    projectIds: readonly string[],
  ): Promise<Map<string, Row<'ProjectInvitation'>[]>> => {
    const { rows } = await sql<Row<'ProjectInvitation'>>`
      select * from "ProjectInvitation"
      where "projectId" = any(${projectIds}::text[]) and ${scopeOf(actor, 'ProjectInvitation')}
      order by "id"`.execute(db);
    return Map.groupBy(rows, ({ projectId }) => projectId as string);
  };
}

/** Which of some projects an actor runs: as one of its admins, or as an administrator above. */
export function managedBy(actor: Actor) {
  return async (db: Database, projectIds: readonly string[]): Promise<Map<string, true>> => {
    const { rows } = await sql<{ id: string }>`
      select "id" from "Project" where "id" = any(${projectIds}::text[])
        and ${scopeOf(actor, 'Project')} and ${changeableScopeOf(actor, 'Project')}`.execute(db);
    return new Map(rows.map(({ id }) => [id, true]));
  };
}

export interface ProjectCounts {
  virtualMachines: number;
  runningVirtualMachines: number;
  volumes: number;
  images: number;
}

/** How much there is in each of some projects, by the ids of their accounts. */
export async function countsOf(
  db: Database,
  accountIds: readonly string[],
): Promise<Map<string, ProjectCounts>> {
  const { rows } = await sql<Record<keyof ProjectCounts, bigint> & { accountId: string }>`
    select a."id" as "accountId",
      (select count(*) from "VirtualMachine" where "accountId" = a."id") as "virtualMachines",
      (select count(*) from "VirtualMachine" where "accountId" = a."id" and "state" = 'RUNNING') as "runningVirtualMachines",
      (select count(*) from "Volume" where "accountId" = a."id") as "volumes",
      (select count(*) from "Image" where "accountId" = a."id" and "removedAt" is null) as "images"
    from "Account" a where a."id" = any(${accountIds}::text[])`.execute(db);
  return new Map(
    rows.map(({ accountId, ...counts }) => [
      accountId,
      {
        virtualMachines: Number(counts.virtualMachines),
        runningVirtualMachines: Number(counts.runningVirtualMachines),
        volumes: Number(counts.volumes),
        images: Number(counts.images),
      },
    ]),
  );
}

/** Ids of the accounts that take part in a project: whose rights change with it. */
export async function memberAccountsOf(
  tx: Database | Transaction,
  projectId: Id<'Project'>,
): Promise<Id<'Account'>[]> {
  const rows = await tx
    .selectFrom('ProjectMember')
    .select('accountId')
    .where('projectId', '=', projectId)
    .execute();
  return rows.map(({ accountId }) => accountId);
}

/**
 * Holds a project's row, so that what is decided about its members stays true.
 * @throws PlatformError INVALID_STATE while it is being deleted
 */
export async function lockProject(tx: Transaction, id: Id<'Project'>): Promise<Row<'Project'>> {
  const project = await tx
    .selectFrom('Project')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (project.state === 'DELETING') {
    throw new PlatformError('INVALID_STATE', `project ${project.name} is being deleted`, {
      details: { id, state: project.state },
    });
  }
  return project;
}

/** Names that go with each of some invitations. */
export async function invitationNamesOf(
  db: Database,
  invitationIds: readonly string[],
): Promise<Map<string, { projectName: string; accountName: string }>> {
  const rows = await db
    .selectFrom('ProjectInvitation as i')
    .innerJoin('Project as p', 'p.id', 'i.projectId')
    .innerJoin('Account as a', 'a.id', 'i.accountId')
    .select(['i.id', 'p.name as projectName', 'a.name as accountName'])
    .where('i.id', 'in', invitationIds as Id<'ProjectInvitation'>[])
    .execute();
  return new Map(rows.map(({ id, ...names }) => [id as string, names]));
}
