import { targetPath } from '../jobs/target-names.svelte.ts';
import type { Alert } from './alert-queries.ts';

/** Where one looks after what an alert is about; `undefined` where there is no page for it. */
export function alertPath({
  targetKind,
  targetId,
  zone,
}: Pick<Alert, 'targetKind' | 'targetId' | 'zone'>): string | undefined {
  const isPartOfZone = targetKind === 'Pod' || targetKind === 'Cluster';
  return isPartOfZone && zone !== null ? `/zones/${zone.id}` : targetPath(targetKind, targetId);
}
