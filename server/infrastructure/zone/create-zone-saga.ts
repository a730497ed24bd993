import { defineSaga, type Saga } from '../../platform/jobs/saga.ts';
import { zoneBlueprint, type ZoneBlueprint } from './blueprint.ts';
import { zoneSteps, type ZoneOutputs, type ZoneStepDeps } from './zone-steps.ts';

/** Makes a whole zone: all of it, or nothing. The zone's own row is there from the start, disabled. */
export function createZoneSaga(deps: ZoneStepDeps): Saga<ZoneBlueprint, ZoneOutputs> {
  return defineSaga<ZoneBlueprint, ZoneOutputs>({
    kind: 'zone.create',
    input: zoneBlueprint,
    steps: Object.values(zoneSteps(deps)),
    succeeded: (_tx, { input }) => Promise.resolve(input.zoneId),
    failed: async (tx, { input }) => {
      await tx.deleteFrom('Zone').where('id', '=', input.zoneId).execute();
    },
  });
}
