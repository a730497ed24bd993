import type { Platform } from '../../platform/platform.ts';
import { PlatformError } from '../../platform/errors.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import type { LifecycleService } from './lifecycle-service.ts';

const batch = 100;

/** Expunges destroyed machines whose time in the recycle bin is over. */
export function createExpunger(platform: Platform, machines: LifecycleService): Reconciler {
  const { db, clock, settings, log } = platform;
  return new Reconciler({
    name: 'expunge',
    everySeconds: () => settings.get('expunge.interval'),
    look: async () => {
      const before = new Date(clock.now().getTime() - settings.get('expunge.delay') * 1000);
      const due = await db
        .selectFrom('VirtualMachine')
        .select('id')
        .where('state', '=', 'DESTROYED')
        .where('destroyedAt', '<=', before)
        .orderBy('destroyedAt')
        .limit(batch)
        .execute();
      for (const { id } of due) {
        try {
          await machines.expunge(null, { id });
        } catch (error) {
          // Recovered, or expunged by another server, a moment ago.
          if (!(error instanceof PlatformError)) throw error;
        }
      }
      if (due.length > 0) log.info({ machines: due.length }, 'expunging destroyed machines');
    },
    log,
  });
}
