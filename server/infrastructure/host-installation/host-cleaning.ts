import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { Check } from '../../platform/validation.ts';
import { uninstallAgent } from './agent-program.ts';
import { cleanUp, connect, type InstallingDeps, type SshAddressInput } from './installing.ts';
import { addressOf, checkSshInput, credentialsOf, type SshInput } from './ssh-input.ts';

interface CleaningRun {
  input: { hostId: Id<'Host'>; agentId: Id<'Agent'>; ssh: SshAddressInput | null };
  signal: AbortSignal;
  progress(percent: number, detail: string): void;
}

/** Takes the agent off a host that is deleted, if it was said how to get in. */
export class HostCleaning {
  readonly #deps: InstallingDeps;

  constructor(deps: InstallingDeps) {
    this.#deps = deps;
  }

  /**
   * Keeps what proves the user, until {@link forget}.
   * @returns where the host is entered; null when nothing is to be done there
   * @throws PlatformError VALIDATION_FAILED
   */
  async keep(
    tx: Transaction,
    host: { id: Id<'Host'>; sshHostKey: string | null },
    ssh: SshInput | null | undefined,
  ): Promise<SshAddressInput | null> {
    if (ssh == null) return null;
    const check = new Check();
    checkSshInput(check, 'input.ssh', ssh);
    check.done();
    await this.#deps.access.keep(tx, host.id, credentialsOf('input.ssh', ssh));
    return addressOf(ssh, host.sshHostKey);
  }

  /** Sees that one can get in, before anything is deleted. @throws SshFailure */
  async connect(run: CleaningRun): Promise<void> {
    const { ssh } = run.input;
    if (ssh !== null) await connect(this.#deps, { ...run, input: { ...run.input, ssh } });
  }

  /** Removes what was installed. A host that cannot be entered any more is not waited for. */
  async uninstall(run: CleaningRun): Promise<void> {
    const { ssh, agentId } = run.input;
    if (ssh === null) return;
    await cleanUp(this.#deps, { ...run, input: { ...run.input, ssh } }, ssh.hostKey, (session) =>
      uninstallAgent(session, agentId),
    );
  }

  /** The job is over, and so is what was found on the machine when the host is gone. */
  async forget(tx: Transaction, hostId: Id<'Host'>, isGone: boolean): Promise<void> {
    if (isGone) await tx.deleteFrom('HostInstallation').where('hostId', '=', hostId).execute();
    else await this.#deps.access.forget(tx, hostId);
  }
}
