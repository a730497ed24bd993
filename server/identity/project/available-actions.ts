import type { Row } from '@nephos/model/database.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Permission } from '../access/permissions.ts';
import { projectStatesThatAccept, projectTransitions, type ProjectEvent } from './state-machine.ts';

/** What can be done to a project, the permission it asks for, and the event it begins with. */
export const projectActions = {
  UPDATE: { permission: 'project.update', event: null },
  INVITE: { permission: 'project.invite', event: null },
  UPDATE_MEMBER: { permission: 'project.updateMember', event: null },
  REMOVE_MEMBER: { permission: 'project.removeMember', event: null },
  SUSPEND: { permission: 'project.suspend', event: 'suspend' },
  ACTIVATE: { permission: 'project.activate', event: 'activate' },
  DELETE: { permission: 'project.delete', event: 'delete' },
} as const satisfies Record<string, { permission: Permission; event: ProjectEvent | null }>;

export type ProjectAction = keyof typeof projectActions;

export interface AvailableProjectAction {
  action: ProjectAction;
  isAllowed: boolean;
  /** Why not, for people. */
  reason: string | null;
}

/** What an actor may do to a project now, and why not the rest. */
export function availableProjectActions(
  actor: Actor,
  project: Row<'Project'>,
  isManager: boolean,
): AvailableProjectAction[] {
  return (Object.keys(projectActions) as ProjectAction[]).map((action) => {
    const reason = reasonAgainst(actor, project, isManager, action);
    return { action, isAllowed: reason === null, reason };
  });
}

function reasonAgainst(
  actor: Actor,
  { state }: Row<'Project'>,
  isManager: boolean,
  action: ProjectAction,
): string | null {
  const { permission, event } = projectActions[action];
  if (!actor.rights.has(permission)) return `your role does not allow ${permission}`;
  if (!isManager) return 'only admins of the project may do that';
  if (state === 'DELETING') return 'it is being deleted';
  if (event !== null && projectTransitions[state][event] === undefined)
    return `it is ${state}, and must be ${projectStatesThatAccept(event).join(' or ')}`;
  return null;
}
