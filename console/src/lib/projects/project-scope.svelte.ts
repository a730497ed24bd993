import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Project } from './fragments.ts';
import { recallProject, rememberProject, type RememberedProject } from './remembered-project.ts';

type Chosen = RememberedProject | { id: string };

/**
 * What one works in: one's own account, or a project. Lists show what belongs to it, and new machines and images are
 * made in it. Each user's choice is remembered in the browser.
 */
class ProjectScope {
  #choice = $state.raw<{ userId: string; chosen: Chosen | null }>();
  /** What the server said last of the chosen project. */
  #known = $state.raw<Project>();
  readonly #userId = $derived(session.viewer?.user.id);
  readonly #chosen = $derived.by((): Chosen | null => {
    if (this.#userId === undefined || !session.can('project.list')) return null;
    return this.#choice?.userId === this.#userId
      ? this.#choice.chosen
      : recallProject(localStorage, this.#userId);
  });
  readonly #noted = $derived(this.#chosen !== null && 'accountId' in this.#chosen ? this.#chosen : undefined);
  readonly #project = $derived(this.#known?.id === this.#chosen?.id ? this.#known : undefined);

  /** Id of the project; null in one's own account. */
  get id(): string | null {
    return this.#chosen?.id ?? null;
  }

  get name(): string | undefined {
    return this.#project?.name ?? this.#noted?.name;
  }

  /** Whether lists can be asked for: of a project that an address names, its account must be found first. */
  get isKnown(): boolean {
    return this.#chosen === null || this.#noted !== undefined;
  }

  /** The account of the project, which is to own what is made; null for one's own. */
  get ownerId(): string | null {
    return this.#noted?.accountId ?? null;
  }

  /** The account whose things lists show; null for all that one sees, which is what administrators look after. */
  get listedAccountId(): string | null {
    const own = session.viewer?.account;
    return this.ownerId ?? (own?.type === 'USER' ? own.id : null);
  }

  /** Why nothing can be made here now. */
  get reasonAgainstMaking(): string | null {
    if (this.#project === undefined) return null;
    const { name, projectState, viewerRole } = this.#project;
    if (projectState === 'SUSPENDED') return m.projects_no_making_suspended({ name });
    if (projectState === 'DELETING') return m.projects_no_making_deleting({ name });
    return viewerRole === 'VIEWER' ? m.projects_no_making_viewer({ name }) : null;
  }

  /** @param project null for one's own account */
  choose(project: Project | null): void {
    this.#known = project ?? undefined;
    this.#set(project);
  }

  /** Chooses the project that an address names, of which no more is known yet. */
  chooseId(id: string): void {
    if (id !== this.id) this.#set({ id });
  }

  /** Takes what the server says now of the chosen project. */
  learn(project: Project): void {
    if (project.id === this.id) this.choose(project);
  }

  #set(chosen: Chosen | null): void {
    const userId = this.#userId;
    if (userId === undefined) return;
    this.#choice = { userId, chosen };
    if (chosen === null || 'accountId' in chosen) rememberProject(localStorage, userId, chosen);
  }
}

export const projectScope = new ProjectScope();
