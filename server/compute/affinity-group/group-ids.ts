import type { Id } from '@nephos/model/kernel/ids.ts';
import { idArgument } from '../../graphql/id-argument.ts';

/** Groups that an input names. @throws PlatformError VALIDATION_FAILED for ids that are none */
export function affinityGroupIds(ids: readonly string[] | null | undefined): Id<'AffinityGroup'>[] {
  return (ids ?? []).map((id, index) => idArgument('AffinityGroup', `input.affinityGroupIds.${index}`, id));
}
