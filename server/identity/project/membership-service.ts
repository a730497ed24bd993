import type { Row, Transaction } from '@nephos/model/database.ts';
import type { ProjectRole } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { demand, getForChange, getGuarded } from '../access/guarded-loader.ts';
import { getNamedAccount, type AccountReference } from '../access/named-account.ts';
import { lockProject } from './store.ts';
import { settingOfAccount } from '../account/account-setting.ts';

export interface InviteInput extends AccountReference {
  projectId: Id<'Project'>;
  role: ProjectRole;
  idempotencyKey?: string | null | undefined;
}

export interface MemberInput {
  projectId: Id<'Project'>;
  accountId: Id<'Account'>;
}

const hourMs = 3_600_000;

/** Who takes part in a project, and as what. */
export class MembershipService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;

  constructor(platform: Platform, access: AccessNotices) {
    this.#platform = platform;
    this.#access = access;
  }

  /**
   * Asks an account to take part; where `project.invite.required` is false it takes part at once. A second invitation
   * takes the place of the first.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED when it takes part already
   */
  async invite(
    actor: Actor,
    input: InviteInput,
  ): Promise<{ projectId: string; invitationId?: string; accountId?: string }> {
    const action = 'project.invite';
    const { settings, mutations } = this.#platform;
    const answer = await mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await getForChange(tx, actor, 'Project', input.projectId, action);
      const project = await lockProject(tx, seen.id);
      const account = await getNamedAccount(tx, actor, 'input', input, action);
      if (account.isProject)
        throw invalid('input.accountId', account.id, 'must not be the account of a project');
      if ((await memberOf(tx, project.id, account.id)) !== undefined)
        throw invalid('input.accountId', account.id, 'must not take part in the project already');
      await tx
        .deleteFrom('ProjectInvitation')
        .where('projectId', '=', project.id)
        .where('accountId', '=', account.id)
        .execute();
      const { role } = input;
      mutation.concerns('Project', project.id, project.accountId, { invited: account.name, role });
      if (!(await settingOfAccount(tx, settings, 'project.invite.required', project.accountId))) {
        await join(mutation, project.id, account.id, role);
        return { projectId: project.id, accountId: account.id };
      }
      const id = newId('ProjectInvitation');
      await tx
        .insertInto('ProjectInvitation')
        .values({
          id,
          projectId: project.id,
          accountId: account.id,
          role,
          invitedBy: actor.username,
          createdAt: mutation.at,
          expiresAt: new Date(mutation.at.getTime() + settings.get('project.invite.timeout') * hourMs),
        })
        .execute();
      return { projectId: project.id, invitationId: id };
    });
    if ('accountId' in answer) await this.#access.announce({ accountId: answer.accountId });
    return answer;
  }

  /**
   * Accepts or declines, for the actor's account.
   * @throws PlatformError NOT_FOUND, FORBIDDEN when it was sent to another account, INVALID_STATE when it ran out
   */
  async answer(
    actor: Actor,
    input: { id: Id<'ProjectInvitation'>; isAccepted: boolean },
  ): Promise<{ projectId: Id<'Project'> | null }> {
    const action = 'projectInvitation.answer';
    let joined: { project: Row<'Project'>; role: ProjectRole } | undefined;
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const invitation = await getGuarded(tx, actor, 'ProjectInvitation', input.id, action);
      if (invitation.accountId !== actor.accountId) {
        throw new PlatformError('FORBIDDEN', 'only the account that was invited can answer', {
          details: { id: invitation.id },
        });
      }
      const project = await lockProject(tx, invitation.projectId);
      if (input.isAccepted && invitation.expiresAt <= mutation.at) {
        throw new PlatformError('INVALID_STATE', `the invitation to ${project.name} ran out`, {
          details: { id: invitation.id, expiresAt: invitation.expiresAt.toISOString() },
          remedy: 'ask an admin of the project for another',
        });
      }
      const { role } = invitation;
      await tx.deleteFrom('ProjectInvitation').where('id', '=', invitation.id).execute();
      if (input.isAccepted) {
        await join(mutation, project.id, actor.accountId, role);
        joined = { project, role };
      }
      const { isAccepted } = input;
      mutation.concerns('Project', project.id, project.accountId, {
        account: actor.accountId,
        role,
        isAccepted,
      });
      return {};
    });
    if (joined === undefined) return { projectId: null };
    // The rest of this very request sees the project.
    actor.projects = new Map(actor.projects).set(joined.project.accountId, joined.role);
    await this.#access.announce({ accountId: actor.accountId });
    return { projectId: joined.project.id };
  }

  /** Takes an invitation back. @throws PlatformError NOT_FOUND, FORBIDDEN for the account that was invited */
  async revoke(actor: Actor, id: Id<'ProjectInvitation'>): Promise<{ projectId: string }> {
    const action = 'project.invite';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const invitation = await getGuarded(tx, actor, 'ProjectInvitation', id, action);
      const seen = await tx
        .selectFrom('Project')
        .select(['id', 'accountId'])
        .where('id', '=', invitation.projectId)
        .executeTakeFirstOrThrow();
      await this.#assertManager(tx, actor, seen.id);
      await tx.deleteFrom('ProjectInvitation').where('id', '=', id).execute();
      mutation.concerns('Project', seen.id, seen.accountId, { revokedInvitationOf: invitation.accountId });
      return { projectId: seen.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE for the last admin */
  async updateRole(actor: Actor, input: MemberInput & { role: ProjectRole }): Promise<{ projectId: string }> {
    const action = 'project.updateMember';
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const { id } = await getForChange(tx, actor, 'Project', input.projectId, action);
      const project = await lockProject(tx, id);
      const member = await getMember(tx, project.id, input.accountId);
      if (member.role === 'ADMIN' && input.role !== 'ADMIN') await assertNotLastAdmin(tx, project, member);
      await tx
        .updateTable('ProjectMember')
        .set({ role: input.role })
        .where('projectId', '=', project.id)
        .where('accountId', '=', member.accountId)
        .execute();
      mutation.concerns('Project', project.id, project.accountId, {
        member: member.accountId,
        role: { before: member.role, after: input.role },
      });
      return { projectId: project.id };
    });
    await this.#access.announce({ accountId: input.accountId });
    return answer;
  }

  /** Takes an account out of a project; its own may leave, whatever its role. @throws PlatformError as above */
  async remove(actor: Actor, input: MemberInput): Promise<{ projectId: string; accountId: string }> {
    const action = 'project.removeMember';
    let left: Id<'Account'> | undefined;
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const isSelf = input.accountId === actor.accountId;
      const load = isSelf ? getGuarded : getForChange;
      const { id } = await load(tx, actor, 'Project', input.projectId, action);
      const project = await lockProject(tx, id);
      const member = await getMember(tx, project.id, input.accountId);
      if (member.role === 'ADMIN') await assertNotLastAdmin(tx, project, member);
      await tx
        .deleteFrom('ProjectMember')
        .where('projectId', '=', project.id)
        .where('accountId', '=', member.accountId)
        .execute();
      mutation.concerns('Project', project.id, project.accountId, {
        removed: member.accountId,
        role: member.role,
      });
      if (isSelf) left = project.accountId;
      return { projectId: project.id, accountId: member.accountId };
    });
    if (left !== undefined) actor.projects = new Map([...actor.projects].filter(([id]) => id !== left));
    await this.#access.announce({ accountId: input.accountId });
    return answer;
  }

  /** Those who are invited see the invitation, but it is not theirs to take back. */
  async #assertManager(tx: Transaction, actor: Actor, projectId: Id<'Project'>): Promise<void> {
    try {
      await getForChange(tx, actor, 'Project', projectId, 'project.invite');
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'NOT_FOUND') throw error;
      demand(actor, 'project.invite');
      throw new PlatformError('FORBIDDEN', 'only those who run the project can take an invitation back', {
        remedy: 'decline it with answerProjectInvitation',
      });
    }
  }
}

function memberOf(tx: Transaction, projectId: Id<'Project'>, accountId: Id<'Account'>) {
  return tx
    .selectFrom('ProjectMember')
    .selectAll()
    .where('projectId', '=', projectId)
    .where('accountId', '=', accountId)
    .executeTakeFirst();
}

async function getMember(
  tx: Transaction,
  projectId: Id<'Project'>,
  accountId: Id<'Account'>,
): Promise<Row<'ProjectMember'>> {
  const member = await memberOf(tx, projectId, accountId);
  if (member !== undefined) return member;
  throw new PlatformError('NOT_FOUND', `account ${accountId} takes no part in project ${projectId}`, {
    details: { kind: 'ProjectMember', id: accountId },
  });
}

async function join(
  { tx, at }: Mutation,
  projectId: Id<'Project'>,
  accountId: Id<'Account'>,
  role: ProjectRole,
): Promise<void> {
  await tx
    .insertInto('ProjectMember')
    .values({ projectId, accountId, role, createdAt: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The project's row is locked by now: of two admins who leave at once the second is refused. */
async function assertNotLastAdmin(
  tx: Transaction,
  project: Row<'Project'>,
  member: Row<'ProjectMember'>,
): Promise<void> {
  const other = await tx
    .selectFrom('ProjectMember')
    .select('accountId')
    .where('projectId', '=', project.id)
    .where('role', '=', 'ADMIN')
    .where('accountId', '<>', member.accountId)
    .executeTakeFirst();
  if (other !== undefined) return;
  throw new PlatformError('INVALID_STATE', `${project.name} would have no admin left`, {
    details: { projectId: project.id, accountId: member.accountId },
    remedy: 'make another member an admin first, or delete the project',
  });
}
