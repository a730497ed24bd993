import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { demand, getGuarded, lockForChange } from '../../../identity/access/guarded-loader.ts';
import type { Actor } from '../../../platform/actor.ts';
import { invalid, notFound, PlatformError, type Violation } from '../../../platform/errors.ts';
import { assertVersion } from '../../../platform/expected-version.ts';
import { lastJobsOf } from '../../../platform/jobs/job-store.ts';
import type { Platform } from '../../../platform/platform.ts';
import { Check } from '../../../platform/validation.ts';
import type { HostInstallationService } from '../../host-installation/host-installation-service.ts';
import { changedDraft, checkSize, type DraftChange } from './draft-change.ts';
import { problemsOf } from './draft-problems.ts';
import { openSecrets, sealSecrets, sshInputOf } from './draft-secrets.ts';
import { hasMade, madeHosts } from './made.ts';
import type { PlanView } from './plan-schema.ts';
import { planViewOf } from './plan-view.ts';
import { freeName, usualPlan } from './usual-plan.ts';

export interface UpdateDraftInput {
  id: Id<'ZoneDraft'>;
  expectedVersion: number;
  step?: string | undefined;
  change: DraftChange;
}

/** States in which nobody else works on a draft. */
const editable: ReadonlySet<string> = new Set(['DRAFT', 'FAILED']);

/** Zones that are being planned. */
export class ZoneDraftService {
  readonly #platform: Platform;
  readonly #installations: Pick<HostInstallationService, 'examine'>;

  constructor(platform: Platform, installations: Pick<HostInstallationService, 'examine'>) {
    this.#platform = platform;
    this.#installations = installations;
  }

  /** What was typed, and what is known of its hosts. */
  planOf(draft: Row<'ZoneDraft'>): Promise<PlanView> {
    return planViewOf(this.#platform.db, this.#platform.sealing, draft);
  }

  /** Ids of the last jobs that installed agents on its hosts. */
  async installationsOf({ ids }: Row<'ZoneDraft'>): Promise<Id<'Job'>[]> {
    const jobs = await lastJobsOf(this.#platform.db, 'host.install', Object.values(ids?.hostIds ?? {}));
    return [...jobs.values()];
  }

  /** Everything that stands in the way of launching a draft. */
  async problemsOf(draft: Row<'ZoneDraft'>): Promise<Violation[]> {
    if (!editable.has(draft.state)) return [];
    return problemsOf(this.#platform.db, this.#platform.sealing, draft);
  }

  /** Begins a draft of usual values; what the change has is taken from there. */
  create(
    actor: Actor,
    input: {
      name?: string | null | undefined;
      change: DraftChange;
      idempotencyKey?: string | null | undefined;
    },
  ): Promise<{ draftId: string }> {
    const name = input.name ?? '';
    const check = new Check();
    // A name that one begins with is a name; only what is typed later may be half of one.
    if (name !== '') check.name('input.name', name);
    check.done();
    checkSize(input.change);
    const compared = { idempotencyKey: input.idempotencyKey };
    return this.#run(actor, 'zoneDraft.create', compared, async (tx, concerns) => {
      const id = newId('ZoneDraft');
      const plan = usualPlan(name === '' ? freeName(await takenNames(tx)) : name);
      await this.#assertDedication(tx, actor, input.change);
      const made = changedDraft({ plan, checks: {}, done: [] }, {}, new Set(), input.change);
      await tx
        .insertInto('ZoneDraft')
        .values({
          id,
          name: made.plan.zone.name.trim(),
          plan: JSON.stringify(made.plan),
          sealedSecrets: sealSecrets(this.#platform.sealing, id, made.secrets),
          createdBy: actor.username,
          updatedBy: actor.username,
        })
        .execute();
      concerns(id, { name: made.plan.zone.name });
      return { draftId: id };
    });
  }

  /**
   * Changes parts of a draft that are not made yet.
   * @throws PlatformError NOT_FOUND, VERSION_CONFLICT, INVALID_STATE, VALIDATION_FAILED for what is too much to keep
   */
  update(actor: Actor, input: UpdateDraftInput): Promise<{ draftId: string }> {
    const { id, change, step, expectedVersion } = input;
    checkSize(change);
    const { sealing } = this.#platform;
    return this.#run(actor, 'zoneDraft.update', {}, async (tx, concerns) => {
      const draft = await lockForChange(tx, actor, 'ZoneDraft', id, 'zoneDraft.update');
      assertVersion(`zone draft ${draft.name}`, draft, { expectedVersion });
      assertEditable(draft);
      await this.#assertDedication(tx, actor, change);
      const made = await madeHosts(tx, draft);
      const { plan, secrets, checks } = changedDraft(draft, openSecrets(sealing, draft), made, change);
      await tx
        .updateTable('ZoneDraft')
        .set({
          name: plan.zone.name.trim(),
          plan: JSON.stringify(plan),
          checks: JSON.stringify(checks),
          sealedSecrets: sealSecrets(sealing, id, secrets),
          updatedBy: actor.username,
          ...(step !== undefined && { step }),
        })
        .where('id', '=', id)
        .where('version', '=', draft.version)
        .execute();
      concerns(id, { parts: Object.keys(change) });
      return { draftId: id };
    });
  }

  /** Deletes a draft of which nothing was made, or whose zone is there. */
  async delete(actor: Actor, id: Id<'ZoneDraft'>): Promise<void> {
    await this.#run(actor, 'zoneDraft.delete', {}, async (tx, concerns) => {
      const draft = await lockForChange(tx, actor, 'ZoneDraft', id, 'zoneDraft.delete');
      if (draft.state !== 'LAUNCHED') {
        assertEditable(draft);
        if (await hasMade(tx, draft)) {
          throw new PlatformError('INVALID_STATE', `of zone draft ${draft.name} something was made already`, {
            details: { id, done: draft.done },
            remedy: 'discard it: that removes what was made, and the draft',
          });
        }
      }
      await tx.deleteFrom('ZoneDraft').where('id', '=', id).execute();
      concerns(id, { name: draft.name });
      return {};
    });
  }

  /** Looks at a machine of a draft as its installation would, and keeps what was found. */
  async checkHost(actor: Actor, input: { id: Id<'ZoneDraft'>; key: string }): Promise<{ draftId: string }> {
    const { db, sealing, clock } = this.#platform;
    const { id, key } = input;
    const seen = await getGuarded(db, actor, 'ZoneDraft', id, 'host.check');
    assertEditable(seen);
    const index = seen.plan.hosts.findIndex((host) => host.key === key);
    const host = seen.plan.hosts[index];
    const ssh = host && sshInputOf(host, openSecrets(sealing, seen)[key]);
    if (ssh === undefined)
      throw invalid('input.key', key, 'must be the key of a host that is entered over SSH');
    const labels = seen.plan.physicalNetworks.flatMap(({ traffic }) => traffic);
    const bridges = labels.flatMap(({ type, label }) => (type === 'GUEST' ? [label.trim()] : []));
    const { hostKey, checks } = await this.#installations.examine(`hosts.${index}.ssh`, ssh, bridges);
    return this.#run(actor, 'host.check', {}, async (tx, concerns) => {
      const draft = await lockForChange(tx, actor, 'ZoneDraft', id, 'host.check');
      const planned = draft.plan.hosts.find((each) => each.key === key);
      // Somebody removed it meanwhile.
      if (planned?.ssh == null) throw notFound('host of the draft', key);
      // The key that was seen is the one that must be there when the agent is installed.
      planned.ssh.hostKeyFingerprint ||= hostKey ?? '';
      const found = { ...draft.checks, [key]: { hostKey, checks, at: clock.now().toISOString() } };
      await tx
        .updateTable('ZoneDraft')
        .set({ plan: JSON.stringify(draft.plan), checks: JSON.stringify(found) })
        .where('id', '=', id)
        .execute();
      concerns(id, { sshAddress: ssh.address, sshPort: ssh.port, sshUser: ssh.username });
      return { draftId: id };
    });
  }

  /** Whoever reserves a zone must be allowed to, and see for whom. */
  async #assertDedication(tx: Transaction, actor: Actor, { zone }: DraftChange): Promise<void> {
    if (zone === undefined) return;
    const { dedicatedDomainId, dedicatedAccountId } = zone;
    if (dedicatedDomainId === null && dedicatedAccountId === null) return;
    demand(actor, 'zone.dedicate');
    if (dedicatedDomainId !== null && dedicatedAccountId !== null) {
      throw invalid(
        'input.zone.dedicatedDomainId',
        dedicatedDomainId,
        'must be left out when an account is given',
      );
    }
    if (dedicatedDomainId !== null)
      await getGuarded(tx, actor, 'Domain', parseId('Domain', dedicatedDomainId), 'zone.dedicate');
    if (dedicatedAccountId !== null)
      await getGuarded(tx, actor, 'Account', parseId('Account', dedicatedAccountId), 'zone.dedicate');
  }

  #run<Made extends Record<string, string>>(
    actor: Actor,
    action: 'zoneDraft.create' | 'zoneDraft.update' | 'zoneDraft.delete' | 'host.check',
    input: { idempotencyKey?: string | null | undefined },
    body: (
      tx: Transaction,
      concerns: (id: Id<'ZoneDraft'>, details: Record<string, unknown>) => void,
    ) => Promise<Made>,
  ): Promise<Made> {
    return this.#platform.mutations.run({ action, actor, input }, (mutation) =>
      body(mutation.tx, (id, details) => mutation.concerns('ZoneDraft', id, null, details)),
    );
  }
}

/** @throws PlatformError INVALID_STATE while a job works on it, and once its zone is there */
export function assertEditable({ id, name, state }: Pick<Row<'ZoneDraft'>, 'id' | 'name' | 'state'>): void {
  if (editable.has(state)) return;
  throw new PlatformError(
    'INVALID_STATE',
    `zone draft ${name} is ${state}; it can be changed while it is DRAFT or FAILED`,
    {
      details: { id, state },
      remedy: 'wait for the end of its job, or cancel it',
    },
  );
}

async function takenNames(tx: Transaction): Promise<ReadonlySet<string>> {
  const zones = await tx.selectFrom('Zone').select('name').execute();
  const drafts = await tx.selectFrom('ZoneDraft').select('name').execute();
  return new Set([...zones, ...drafts].map(({ name }) => name));
}
