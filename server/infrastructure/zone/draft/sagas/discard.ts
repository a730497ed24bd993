import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { defineSaga, type Saga, type SagaRun, type Step } from '../../../../platform/jobs/saga.ts';
import { zoneSteps } from '../../zone-steps.ts';
import { launchInput, type LaunchDeps, type LaunchInput } from './launch.ts';

/** What each step of a discard takes back. */
export const takesBack = {
  detachImageStore: 'attachImageStore',
  detachPrimaryStorage: 'attachPrimaryStorage',
  uninstallHosts: 'installHosts',
  removeHosts: 'addHosts',
  removeCluster: 'createCluster',
  removeGuestNetwork: 'createGuestNetwork',
  removePod: 'createPod',
  removePhysicalNetworks: 'createPhysicalNetworks',
  removeZone: 'createZone',
} as const;

export type DiscardOutputs = Record<keyof typeof takesBack, undefined>;
type DiscardStep = Step<LaunchInput, DiscardOutputs>;
type Run = SagaRun<LaunchInput, DiscardOutputs>;

/** How a step of the launch is taken back; its outputs are not asked for. */
interface WayBack {
  undo?(run: Run): Promise<void>;
  recordUndo?(tx: Transaction, run: Run): Promise<void>;
}

/** Removes what launches of a draft have made, and then the draft: the ways back of the launch's steps, in turn. */
export function discardZoneSaga(deps: LaunchDeps): Saga<LaunchInput, DiscardOutputs> {
  const made = zoneSteps(deps) as unknown as Record<string, WayBack | undefined>;
  const waysBack: Record<string, WayBack | undefined> = {
    ...made,
    installHosts: {
      undo: (run) => deps.hosts.uninstall(run),
      recordUndo: (tx, { input }) => deps.hosts.forget(tx, input),
    },
    createZone: {
      recordUndo: async (tx, { input }) => {
        await tx.deleteFrom('Zone').where('id', '=', input.zoneId).execute();
      },
    },
  };
  return defineSaga<LaunchInput, DiscardOutputs>({
    kind: 'zone.discard',
    input: launchInput,
    keepsWhatSucceeded: true,
    steps: Object.entries(takesBack).map(([name, step]): DiscardStep => {
      const { undo, recordUndo } = waysBack[step] ?? {};
      return {
        name: name as keyof DiscardOutputs,
        ...(undo && { act: (run) => undo(run).then(() => undefined) }),
        record: async (tx, run) => {
          await recordUndo?.(tx, run);
          await forget(tx, run.input, step);
        },
      };
    }),
    succeeded: async (tx, { input }) => {
      await tx.deleteFrom('ZoneDraft').where('id', '=', input.draftId).execute();
      return undefined;
    },
    failed: async (tx, { input }) => {
      await tx
        .updateTable('ZoneDraft')
        .set({ state: 'DISCARD_FAILED' })
        .where('id', '=', input.draftId)
        .execute();
    },
  });
}

async function forget(tx: Transaction, { draftId }: LaunchInput, step: string): Promise<void> {
  await sql`update "ZoneDraft" set "done" = array_remove("done", ${step}) where "id" = ${draftId}`.execute(
    tx,
  );
}
