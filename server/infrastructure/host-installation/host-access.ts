import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { HostCheck } from '@nephos/model/shapes/host-check.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { SshSession, type SshAddress, type SshCredentials } from './ssh-session.ts';

const contextOf = (hostId: Id<'Host'>) => `host-installation ${hostId}`;

/** How to get into hosts while something is done there. What proves a user is sealed, and in no other place. */
export class HostAccess {
  readonly #platform: Pick<Platform, 'db' | 'sealing' | 'clock'>;

  constructor(platform: Pick<Platform, 'db' | 'sealing' | 'clock'>) {
    this.#platform = platform;
  }

  /**
   * Keeps credentials until {@link forget}; what was found on the machine before is forgotten.
   * @throws PlatformError RESOURCE_IN_USE while another job has some
   */
  async keep(tx: Transaction, hostId: Id<'Host'>, credentials: SshCredentials): Promise<void> {
    const { sealing, clock } = this.#platform;
    const sealedCredentials = sealing.seal(Buffer.from(JSON.stringify(credentials)), contextOf(hostId));
    const fresh = { sealedCredentials, checks: '[]', createdAt: clock.now() };
    const kept = await tx
      .insertInto('HostInstallation')
      .values({ hostId, ...fresh })
      .onConflict((conflict) =>
        conflict.column('hostId').doUpdateSet(fresh).where('HostInstallation.sealedCredentials', 'is', null),
      )
      .returning('hostId')
      .executeTakeFirst();
    if (kept !== undefined) return;
    throw new PlatformError('RESOURCE_IN_USE', `another job works on host ${hostId} over SSH`, {
      details: { hostId },
      remedy: 'wait for its end, or cancel it',
    });
  }

  /** The job is over, however it ended. */
  async forget(tx: Transaction, hostId: Id<'Host'>): Promise<void> {
    await tx
      .updateTable('HostInstallation')
      .set({ sealedCredentials: null })
      .where('hostId', '=', hostId)
      .execute();
  }

  /** Shows what was found on a machine. */
  async tell(hostId: Id<'Host'>, checks: readonly HostCheck[]): Promise<void> {
    await this.#platform.db
      .updateTable('HostInstallation')
      .set({ checks: JSON.stringify(checks) })
      .where('hostId', '=', hostId)
      .execute();
  }

  /**
   * Signs in with what was kept.
   * @param hostKey that the machine must show; null: whatever it shows
   * @throws SshFailure
   */
  async enter(
    hostId: Id<'Host'>,
    address: SshAddress,
    hostKey: string | null,
    signal: AbortSignal,
  ): Promise<SshSession> {
    const { db, sealing } = this.#platform;
    const row = await db
      .selectFrom('HostInstallation')
      .select('sealedCredentials')
      .where('hostId', '=', hostId)
      .executeTakeFirst();
    if (row?.sealedCredentials == null) {
      throw new PlatformError('INVALID_STATE', 'the credentials for this host were given back already');
    }
    const text = sealing.open(row.sealedCredentials, contextOf(hostId)).toString();
    return SshSession.open({ ...address, hostKey, credentials: JSON.parse(text) as SshCredentials }, signal);
  }
}
