import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { ProjectAction, ProjectDetails, ProjectMember } from './fragments.ts';

type Facts = Pick<ProjectDetails, 'projectState' | 'viewerRole' | 'availableActions'>;

/** Whether the server would do something to a project now. */
export function mayDo(action: ProjectAction, { availableActions }: Pick<Facts, 'availableActions'>): boolean {
  return availableActions.some((each) => each.action === action && each.isAllowed);
}

const permissions: Record<ProjectAction, string> = {
  UPDATE: 'project.update',
  INVITE: 'project.invite',
  UPDATE_MEMBER: 'project.updateMember',
  REMOVE_MEMBER: 'project.removeMember',
  SUSPEND: 'project.suspend',
  ACTIVATE: 'project.activate',
  DELETE: 'project.delete',
};

/** Why something cannot be done to a project now, in words of whoever reads it; null when it can. */
export function reasonAgainst(action: ProjectAction, project: Facts): string | null {
  if (mayDo(action, project)) return null;
  if (!session.can(permissions[action])) return m.common_no_permission();
  if (project.projectState === 'DELETING') return m.projects_is_deleting();
  if (action === 'SUSPEND' && project.projectState === 'SUSPENDED') return m.projects_is_suspended();
  if (action === 'ACTIVATE' && project.projectState === 'ACTIVE') return m.projects_is_active();
  return m.projects_only_admins();
}

/** Whether a member is the account that one belongs to. */
export function isSelf({ accountId }: Pick<ProjectMember, 'accountId'>): boolean {
  return accountId === session.viewer?.account?.id;
}

/** A project is never left without an admin. */
export function isLastAdmin(member: ProjectMember, members: readonly ProjectMember[]): boolean {
  return member.role === 'ADMIN' && members.filter(({ role }) => role === 'ADMIN').length === 1;
}
