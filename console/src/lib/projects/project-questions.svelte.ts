import type { Invitation, ProjectMember } from './fragments.ts';

export type ProjectQuestion =
  | { about: 'EDIT' | 'SUSPEND' | 'ACTIVATE' | 'DELETE' | 'INVITE' }
  | { about: 'REMOVE'; member: ProjectMember }
  | { about: 'REVOKE'; invitation: Invitation };

/** What a dialog of a project's page asks about now. */
export class ProjectQuestions {
  current = $state.raw<ProjectQuestion>();

  ask(question: ProjectQuestion): void {
    this.current = question;
  }

  close = (): void => {
    this.current = undefined;
  };
}
