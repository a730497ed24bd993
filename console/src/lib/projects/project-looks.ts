import CirclePause from '~icons/lucide/circle-pause';
import CircleCheck from '~icons/lucide/circle-check';
import LoaderCircle from '~icons/lucide/loader-circle';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { ProjectRole, ProjectState } from './fragments.ts';

export const projectStateLooks: Record<ProjectState, StatusLook> = {
  ACTIVE: { tone: 'good', icon: CircleCheck, label: m.projects_state_ACTIVE },
  SUSPENDED: { tone: 'warn', icon: CirclePause, label: m.projects_state_SUSPENDED },
  DELETING: { tone: 'warn', icon: LoaderCircle, label: m.projects_state_DELETING, isTurning: true },
};

export const projectStates = Object.keys(projectStateLooks) as ProjectState[];

export const projectRoleLabels: Record<ProjectRole, () => string> = {
  ADMIN: m.projects_role_ADMIN,
  MEMBER: m.projects_role_MEMBER,
  VIEWER: m.projects_role_VIEWER,
};

export const projectRoles = Object.keys(projectRoleLabels) as ProjectRole[];
