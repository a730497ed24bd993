import { exportSecretContext } from '@nephos/model/kernel/export-secret.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ExportTarget } from '@nephos/model/shapes/export-target.ts';
import { invalid } from '../../platform/errors.ts';
import type { Sealing } from '../../platform/sealing.ts';
import type { ScheduleRow } from './order-run.ts';
import type { GivenTarget } from './target-input.ts';

/** Where in the input the secret of a destination stands; a folder has none. */
const placeOfSecret = { S3: 'input.target.bucket.secretAccessKey', WEBHOOK: 'input.target.webhook.secret' };

/** Whom a secret is for: it does not come along when somebody names another. */
function partnerOf(target: ExportTarget): string {
  if ('url' in target) return new URL(target.url).origin;
  return 'endpoint' in target ? `${target.endpoint} ${target.accessKeyId}` : '';
}

/**
 * The secret of a schedule as it is stored: sealed if one is given, else the one it has.
 * @param seen the schedule that is changed; absent for a new one
 * @throws PlatformError VALIDATION_FAILED when one is needed that nobody gave
 */
export function secretFor(
  sealing: Sealing,
  { id, seen }: { id: Id<'UsageExportSchedule'>; seen?: ScheduleRow },
  { destination, target, secret }: GivenTarget,
): Buffer | null {
  if (destination === 'FOLDER') return null;
  if (secret !== undefined) return sealing.seal(Buffer.from(secret), exportSecretContext(id));
  const isSame = seen?.destination === destination && partnerOf(seen.target) === partnerOf(target);
  if (isSame && seen.secret !== null) return seen.secret;
  throw invalid(placeOfSecret[destination], null, 'must be given for a new schedule and for another address');
}
