import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import type { AccountRemoval } from '../account/account-removal.ts';
import type { AccountStops } from '../account/account-stops.ts';
import { closeAccounts } from '../account/deletion-store.ts';
import { getForChange } from '../access/guarded-loader.ts';
import type { Permission } from '../access/permissions.ts';
import { takeLimits } from '../limit/limits.ts';
import { deleteProjectSaga } from './sagas/delete.ts';
import { projectStatesThatAccept, projectTransitions, type ProjectEvent } from './state-machine.ts';
import { countsOf, memberAccountsOf } from './store.ts';

export interface ProjectInput extends ExpectsVersion {
  id: Id<'Project'>;
  idempotencyKey?: string | null | undefined;
}

/** Ids of the project and of the job that was made for it. */
export interface ProjectAnswer extends Record<string, string> {
  projectId: string;
  jobId: string;
}

/** What would be removed together with a project. */
export interface ProjectPlan {
  projectId: Id<'Project'>;
  virtualMachines: number;
  volumes: number;
  images: number;
  members: number;
}

interface ProjectTexts {
  name?: string | null | undefined;
  displayText?: string | null | undefined;
}

function checkTexts({ name, displayText }: ProjectTexts): void {
  const check = new Check();
  if (name != null) check.name('input.name', name);
  if (displayText != null) check.line('input.displayText', displayText);
  check.done();
}

/** What the account of a project is called: names of accounts are unique in their domain, and so are projects'. */
const accountNameOf = (name: string) => `project-${name}`;

const nameTaken = (name: string) =>
  invalid('input.name', name, 'is the name of another project of the domain');

/** Projects: what several accounts own together. */
export class ProjectService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;
  readonly #stops: AccountStops;
  readonly #delete: ReturnType<typeof deleteProjectSaga>;

  constructor(
    platform: Platform,
    deps: { access: AccessNotices; stops: AccountStops; removal: AccountRemoval },
  ) {
    this.#platform = platform;
    this.#access = deps.access;
    this.#stops = deps.stops;
    this.#delete = deleteProjectSaga(deps);
    platform.runner.register(this.#delete);
  }

  /** Makes a project with an account of its own, in the actor's domain. @throws PlatformError VALIDATION_FAILED */
  async create(
    actor: Actor,
    input: ProjectTexts & { name: string; idempotencyKey?: string | null | undefined },
  ): Promise<{ projectId: string }> {
    checkTexts(input);
    const { name } = input;
    const { mutations, settings } = this.#platform;
    const made = await mutations.run({ action: 'project.create', actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const projectId = newId('Project');
      const accountId = newId('Account');
      try {
        await tx
          .insertInto('Account')
          .values({ id: accountId, domainId: actor.domainId, name: accountNameOf(name), createdAt: at })
          .execute();
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(name);
        throw error;
      }
      await tx
        .insertInto('Project')
        .values({
          id: projectId,
          accountId,
          creatorAccountId: actor.accountId,
          name,
          displayText: input.displayText ?? name,
          createdAt: at,
        })
        .execute();
      await tx
        .insertInto('ProjectMember')
        .values({ projectId, accountId: actor.accountId, role: 'ADMIN', createdAt: at })
        .execute();
      mutation.concerns('Project', projectId, accountId, { name });
      await takeLimits(tx, settings, actor.accountId, { PROJECT: 1n });
      return { projectId, accountId };
    });
    // The rest of this very request sees the project.
    actor.projects = new Map(actor.projects).set(made.accountId, 'ADMIN');
    await this.#access.announce({ accountId: actor.accountId });
    return { projectId: made.projectId };
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT */
  update(actor: Actor, input: ProjectTexts & ProjectInput): Promise<{ projectId: string }> {
    checkTexts(input);
    return this.#platform.mutations.run({ action: 'project.update', actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const project = await this.#lock(tx, actor, input, 'project.update');
      const after = {
        name: input.name ?? project.name,
        displayText: input.displayText ?? project.displayText,
      };
      if (after.name !== project.name) {
        try {
          await tx
            .updateTable('Account')
            .set({ name: accountNameOf(after.name) })
            .where('id', '=', project.accountId)
            .execute();
        } catch (error) {
          if (isUniqueViolation(error)) throw nameTaken(after.name);
          throw error;
        }
      }
      await tx.updateTable('Project').set(after).where('id', '=', project.id).execute();
      mutation.concerns('Project', project.id, project.accountId, {
        name: { before: project.name, after: after.name },
        displayText: { before: project.displayText, after: after.displayText },
      });
      return { projectId: project.id };
    });
  }

  /**
   * Stops the project's machines; from now on nothing is made or started in it.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT
   */
  suspend(actor: Actor, input: ProjectInput): Promise<ProjectAnswer> {
    return this.#platform.mutations.run({ action: 'project.suspend', actor, input }, async (mutation) => {
      const project = await this.#lock(mutation.tx, actor, input, 'project.suspend');
      await this.#move(mutation, project, 'suspend');
      const job = await this.#stops.start(mutation, project.accountId, { kind: 'Project', id: project.id });
      return { projectId: project.id, jobId: job.id };
    });
  }

  /** Opens a suspended project again. @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT */
  activate(actor: Actor, input: ProjectInput): Promise<{ projectId: string }> {
    return this.#platform.mutations.run({ action: 'project.activate', actor, input }, async (mutation) => {
      const project = await this.#lock(mutation.tx, actor, input, 'project.activate');
      await this.#move(mutation, project, 'activate');
      return { projectId: project.id };
    });
  }

  /** What a deletion would remove. @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT */
  async planDelete(actor: Actor, input: ProjectInput): Promise<ProjectPlan> {
    const { db } = this.#platform;
    const project = await getForChange(db, actor, 'Project', input.id, 'project.delete');
    assertVersion(`project ${project.name}`, project, input);
    assertAccepts(project, 'delete');
    const counts = (await countsOf(db, [project.accountId])).get(project.accountId);
    const members = await memberAccountsOf(db, project.id);
    return {
      projectId: project.id,
      virtualMachines: counts?.virtualMachines ?? 0,
      volumes: counts?.volumes ?? 0,
      images: counts?.images ?? 0,
      members: members.length,
    };
  }

  /**
   * Removes the project with all it owns. Its members no longer see it at once.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT
   */
  async delete(actor: Actor, input: ProjectInput): Promise<ProjectAnswer> {
    let members: Id<'Account'>[] = [];
    const answer = await this.#platform.mutations.run(
      { action: 'project.delete', actor, input },
      async (mutation) => {
        const { tx } = mutation;
        const project = await this.#lock(tx, actor, input, 'project.delete');
        await this.#move(mutation, project, 'delete');
        const { id, accountId } = project;
        members = await closeAccounts(tx, { accountId });
        // The job is its maker's: the project's own members no longer see what is the project's.
        const target = { kind: 'Project', id, accountId: actor.accountId };
        const job = await mutation.startJob(this.#delete, { projectId: id, accountId }, target);
        return { projectId: id, jobId: job.id };
      },
    );
    for (const accountId of members) await this.#access.announce({ accountId });
    return answer;
  }

  async #lock(
    tx: Transaction,
    actor: Actor,
    input: ProjectInput,
    permission: Permission,
  ): Promise<Row<'Project'>> {
    const { id, accountId } = await getForChange(tx, actor, 'Project', input.id, permission);
    // The account first, as whoever makes something in the project does: so neither waits for the other in a circle.
    await tx.selectFrom('Account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute();
    const project = await tx
      .selectFrom('Project')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    assertVersion(`project ${project.name}`, project, input);
    return project;
  }

  /** The project's row is locked by now. @throws PlatformError INVALID_STATE */
  async #move(mutation: Mutation, project: Row<'Project'>, event: ProjectEvent): Promise<void> {
    const state = assertAccepts(project, event);
    await mutation.tx.updateTable('Project').set({ state }).where('id', '=', project.id).execute();
    mutation.concerns('Project', project.id, project.accountId, {
      state: { before: project.state, after: state },
    });
  }
}

function assertAccepts(project: Row<'Project'>, event: ProjectEvent): Row<'Project'>['state'] {
  const state = projectTransitions[project.state][event];
  if (state !== undefined) return state;
  const wanted = projectStatesThatAccept(event).join(' or ');
  throw new PlatformError(
    'INVALID_STATE',
    `project ${project.name} is ${project.state}; to ${event} it must be ${wanted}`,
    { details: { id: project.id, state: project.state, accepts: projectStatesThatAccept(event) } },
  );
}
