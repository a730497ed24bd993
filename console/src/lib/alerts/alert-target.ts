import { jobName } from '../jobs/job-names.ts';
import { targetPath } from '../jobs/target-names.svelte.ts';
import { m } from '#messages';
import type { Alert } from './alert-queries.ts';

/** Where one looks after what an alert is about; `undefined` where there is no page for it. */
export const alertPath = ({ targetKind, targetId }: Pick<Alert, 'targetKind' | 'targetId'>) =>
  targetPath(targetKind, targetId);

/** What an alert is about, in words where the server has none for people. */
export function alertTarget({ targetKind, targetName }: Pick<Alert, 'targetKind' | 'targetName'>): string {
  if (targetKind === 'Job') return jobName(targetName);
  return targetKind === 'Usage' ? m.shell_usage() : targetName;
}
