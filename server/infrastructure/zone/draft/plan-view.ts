import type { Database, Row } from '@nephos/model/database.ts';
import type { Sealing } from '../../../platform/sealing.ts';
import { openSecrets } from './draft-secrets.ts';
import { madeHosts } from './made.ts';
import type { PlanView } from './plan-schema.ts';

/** A draft's plan with what is known of its hosts; of secrets only that they are there. */
export async function planViewOf(db: Database, sealing: Sealing, draft: Row<'ZoneDraft'>): Promise<PlanView> {
  const { plan, ids, checks } = draft;
  const secrets = openSecrets(sealing, draft);
  const made = await madeHosts(db, draft);
  return {
    ...plan,
    hosts: plan.hosts.map((host) => {
      const hostId = ids?.hostIds[host.key] ?? null;
      const found = checks[host.key];
      const secret = secrets[host.key];
      return {
        ...host,
        hostId,
        isMade: made.has(host.key),
        checks: found?.checks ?? [],
        checkedAt: found === undefined ? null : new Date(found.at),
        ssh: host.ssh && {
          ...host.ssh,
          hasPassword: secret?.password !== undefined,
          hasPrivateKey: secret?.privateKey !== undefined,
          hasPassphrase: secret?.passphrase !== undefined,
        },
      };
    }),
  };
}
