import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { type z } from 'zod';
import { PlatformError } from '../../../../platform/errors.ts';
import { defineSaga, type Saga, type Step } from '../../../../platform/jobs/saga.ts';
import { zoneBlueprint } from '../../blueprint.ts';
import { insertZone } from '../../store.ts';
import { zoneSteps, type ZoneOutputs, type ZoneStepDeps } from '../../zone-steps.ts';
import type { DraftHosts } from '../draft-hosts.ts';

export const launchInput = zoneBlueprint.extend({ draftId: idField('ZoneDraft') });

/** What is made of a draft. */
export type LaunchInput = z.output<typeof launchInput>;
export type LaunchOutputs = ZoneOutputs & { createZone: undefined; installHosts: undefined };
type LaunchStep = Step<LaunchInput, LaunchOutputs>;

export interface LaunchDeps extends ZoneStepDeps {
  hosts: DraftHosts;
}

/**
 * Makes a zone of a draft. What was made stays when a step fails, and the draft knows it: once the input of that step
 * is mended, the next launch goes on there.
 */
export function launchZoneSaga(deps: LaunchDeps): Saga<LaunchInput, LaunchOutputs> {
  const steps = zoneSteps(deps);
  const createZone: Step<LaunchInput, LaunchOutputs, 'createZone'> = {
    name: 'createZone',
    record: (tx, { input }) => insertZone(tx, 'input.zone', input.zoneId, input.plan),
  };
  const installHosts: Step<LaunchInput, LaunchOutputs, 'installHosts'> = {
    name: 'installHosts',
    act: (run) => deps.hosts.install(run).then(() => undefined),
    undo: (run) => deps.hosts.end(run),
  };
  const ordered = [
    createZone,
    steps.createPhysicalNetworks,
    steps.createPod,
    steps.createGuestNetwork,
    steps.createCluster,
    steps.addHosts,
    installHosts,
    steps.attachPrimaryStorage,
    steps.attachImageStore,
    steps.enableZone,
  ] as unknown as LaunchStep[];
  return defineSaga<LaunchInput, LaunchOutputs>({
    kind: 'zone.launch',
    input: launchInput,
    keepsWhatSucceeded: true,
    steps: ordered.map(remembered) as Saga<LaunchInput, LaunchOutputs>['steps'],
    succeeded: async (tx, { input }) => {
      await tx
        .updateTable('ZoneDraft')
        .set({ state: 'LAUNCHED', sealedSecrets: null })
        .where('id', '=', input.draftId)
        .execute();
      return input.zoneId;
    },
    failed: async (tx, { input }) => {
      await tx.updateTable('ZoneDraft').set({ state: 'FAILED' }).where('id', '=', input.draftId).execute();
    },
  });
}

/** A step whose success the draft remembers, and whose failure leaves no one waiting for an agent that is away. */
function remembered(step: LaunchStep): LaunchStep {
  const { undo } = step;
  return {
    ...step,
    record: async (tx, run, output) => {
      await step.record?.(tx, run, output);
      await remember(tx, run.input.draftId, step.name);
    },
    ...(undo && {
      undo: async (run) => {
        try {
          await undo(run);
        } catch (error) {
          // What is left on it is an empty directory, which the next launch finds ready.
          if (!(error instanceof PlatformError && error.code === 'AGENT_UNREACHABLE')) throw error;
          run.progress(100, `not taken back: ${error.message}`);
        }
      },
    }),
  };
}

async function remember(tx: Transaction, id: Id<'ZoneDraft'>, step: string): Promise<void> {
  await sql`update "ZoneDraft" set "done" = array_append("done", ${step}) where "id" = ${id}`.execute(tx);
}
