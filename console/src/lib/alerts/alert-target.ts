import { targetPath } from '../jobs/target-names.svelte.ts';
import type { Alert } from './alert-queries.ts';

/** Where one looks after what an alert is about; `undefined` where there is no page for it. */
export const alertPath = ({ targetKind, targetId }: Pick<Alert, 'targetKind' | 'targetId'>) =>
  targetPath(targetKind, targetId);
