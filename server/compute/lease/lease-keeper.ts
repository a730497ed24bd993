import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import type { LifecycleService } from '../virtual-machine/lifecycle-service.ts';

const batch = 100;
const noLease = { leaseExpiresAt: null, leaseAction: null, leaseWarnedAt: null } as const;

async function endLease(db: Database | Transaction, id: Id<'VirtualMachine'>): Promise<void> {
  await db.updateTable('VirtualMachine').set(noLease).where('id', '=', id).execute();
}

/** Stops or destroys machines whose lease is over, and marks those whose lease will be. */
export function createLeaseKeeper(platform: Platform, machines: LifecycleService): Reconciler {
  const { db, clock, settings, log } = platform;

  const carryOut = async ({ id, name, state, leaseAction, isDeleteProtected }: Row<'VirtualMachine'>) => {
    const input = { id, alongside: (tx: Transaction) => endLease(tx, id) };
    if (leaseAction === 'DESTROY' && !isDeleteProtected) await machines.destroy(null, input);
    else if (state === 'RUNNING' || state === 'SUSPENDED')
      await machines.stop(null, { ...input, isForced: false });
    else await endLease(db, id);
    log.info({ machineId: id, machine: name, leaseAction }, 'lease is over');
  };

  return new Reconciler({
    name: 'machine-leases',
    everySeconds: () => 5,
    look: async () => {
      const now = clock.now();
      const warnedUntil = new Date(now.getTime() + settings.get('vm.lease.warning.hours') * 3_600_000);
      await db
        .updateTable('VirtualMachine')
        .set({ leaseWarnedAt: now })
        .where('leaseExpiresAt', '<=', warnedUntil)
        .where('leaseWarnedAt', 'is', null)
        .execute();
      // One that a job works on has its turn when that is done.
      const over = await db
        .selectFrom('VirtualMachine')
        .selectAll()
        .where('leaseExpiresAt', '<=', now)
        .where('state', 'in', ['RUNNING', 'SUSPENDED', 'STOPPED', 'ERROR'])
        .orderBy('leaseExpiresAt')
        .limit(batch)
        .execute();
      for (const machine of over) {
        try {
          await carryOut(machine);
        } catch (error) {
          // Somebody did something to it a moment ago, or another server was first.
          if (!(error instanceof PlatformError)) throw error;
        }
      }
    },
    log,
  });
}
