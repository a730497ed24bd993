import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { uninstallAgent } from './agent-program.ts';
import { cleanUp, type InstallingDeps, type SshAddressInput } from './installing.ts';
import type { SshCredentials } from './ssh-session.ts';

/** A host whose agent this server installed. */
export interface InstalledHost {
  hostId: Id<'Host'>;
  agentId: Id<'Agent'>;
  ssh: SshAddressInput;
  /** Absent when nobody knows any more how to get in: the agent stays there, locked out. */
  credentials: SshCredentials | undefined;
}

/** Takes hosts back that were installed over SSH and have never run anything. */
export class InstallationRemoval {
  readonly #deps: InstallingDeps;

  constructor(deps: InstallingDeps) {
    this.#deps = deps;
  }

  /** Takes the agent off the machine. May be repeated. */
  async uninstall(
    run: { signal: AbortSignal; progress(percent: number, detail: string): void },
    { hostId, agentId, ssh, credentials }: InstalledHost,
  ): Promise<void> {
    const { platform, access, gateway } = this.#deps;
    if (credentials !== undefined) {
      await platform.db.transaction().execute(async (tx) => {
        // This very step may have been here before.
        await access.forget(tx, hostId);
        await access.keep(tx, hostId, credentials);
      });
      const hostKey = await this.#pinnedKey(hostId);
      await cleanUp(this.#deps, { ...run, input: { hostId, ssh } }, hostKey ?? ssh.hostKey, (session) =>
        uninstallAgent(session, agentId),
      );
    }
    await gateway.disconnect(agentId, 'the zone was discarded');
  }

  /** Deletes the host, and locks its agent out. */
  async forget(
    tx: Transaction,
    { hostId, agentId }: Pick<InstalledHost, 'hostId' | 'agentId'>,
  ): Promise<void> {
    await tx.deleteFrom('Host').where('id', '=', hostId).execute();
    await tx.deleteFrom('HostInstallation').where('hostId', '=', hostId).execute();
    await tx
      .updateTable('Agent')
      .set({ revokedAt: this.#deps.platform.clock.now() })
      .where('id', '=', agentId)
      .execute();
  }

  async #pinnedKey(hostId: Id<'Host'>): Promise<string | null> {
    const host = await this.#deps.platform.db
      .selectFrom('Host')
      .select('sshHostKey')
      .where('id', '=', hostId)
      .executeTakeFirst();
    return host?.sshHostKey ?? null;
  }
}
