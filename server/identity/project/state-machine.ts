import type { ProjectState } from '@nephos/model/generated/enums.ts';

export type ProjectEvent = 'suspend' | 'activate' | 'delete';

/** The life of a project. Absent means refused. */
export const projectTransitions: Record<ProjectState, Partial<Record<ProjectEvent, ProjectState>>> = {
  ACTIVE: { suspend: 'SUSPENDED', delete: 'DELETING' },
  SUSPENDED: { activate: 'ACTIVE', delete: 'DELETING' },
  DELETING: {},
};

/** States that an event is accepted in. */
export function projectStatesThatAccept(event: ProjectEvent): ProjectState[] {
  const states = Object.keys(projectTransitions) as ProjectState[];
  return states.filter((state) => projectTransitions[state][event] !== undefined);
}
