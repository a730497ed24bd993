import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { WaitingRun } from '../../../platform/jobs/wait-for-jobs.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { HostInstallationService } from '../../host-installation/host-installation-service.ts';
import type { InstallationRemoval, InstalledHost } from '../../host-installation/installation-removal.ts';
import type { SshAddressInput } from '../../host-installation/installing.ts';
import type { SeveralInstallations } from '../../host-installation/several-installations.ts';
import { credentialsOf } from '../../host-installation/ssh-input.ts';
import type { SshCredentials } from '../../host-installation/ssh-session.ts';
import type { BlueprintHost } from '../blueprint.ts';
import { openSecrets } from './draft-secrets.ts';
import type { LaunchInput } from './sagas/launch.ts';

export interface DraftHostsDeps {
  platform: Pick<Platform, 'db' | 'sealing'>;
  installations: Pick<HostInstallationService, 'begin'>;
  several: SeveralInstallations;
  removal: InstallationRemoval;
}

type Run = WaitingRun & { input: LaunchInput };
type SshHost = BlueprintHost & { ssh: SshAddressInput };

/** The hosts of a draft that are entered over SSH. What proves the user stays with the draft until its zone is there. */
export class DraftHosts {
  readonly #deps: DraftHostsDeps;

  constructor(deps: DraftHostsDeps) {
    this.#deps = deps;
  }

  /** Makes hosts of all that are none yet. @throws PlatformError that names those that could not be installed */
  async install(run: Run): Promise<void> {
    const { clusterId, draftId, hosts } = run.input;
    await this.#deps.several.install(run, machinesOf(run.input), async (hostId) => {
      const host = hosts.find((each) => each.hostId === hostId);
      if (host?.ssh == null) throw new Error(`host ${hostId} is not entered over SSH`);
      const { name, ssh, key } = host;
      const credentials = (await this.#credentials(draftId, [{ ...host, ssh }])).get(key);
      if (credentials === undefined) throw new Error(`draft ${draftId} keeps no secret of host ${key}`);
      await this.#deps.installations.begin({ hostId, clusterId, name, ssh, credentials });
    });
  }

  /** Ends the installations that are under way. */
  end(run: Run): Promise<void> {
    return this.#deps.several.end(run, machinesOf(run.input));
  }

  /** Takes the agents off the machines that are hosts. */
  async uninstall(run: Run): Promise<void> {
    const installed = await this.#installed(run.input);
    for (const [index, host] of installed.entries()) {
      run.progress(Math.floor((100 * index) / installed.length), host.ssh.address);
      await this.#deps.removal.uninstall(run, host);
    }
  }

  /** Deletes the hosts whose agents were taken off. */
  async forget(tx: Transaction, input: LaunchInput): Promise<void> {
    const ids = sshHostsOf(input).map(({ hostId }) => hostId);
    if (ids.length === 0) return;
    const rows = await tx.selectFrom('Host').select(['id', 'agentId']).where('id', 'in', ids).execute();
    for (const { id, agentId } of rows) await this.#deps.removal.forget(tx, { hostId: id, agentId });
  }

  async #installed(input: LaunchInput): Promise<InstalledHost[]> {
    const hosts = sshHostsOf(input);
    if (hosts.length === 0) return [];
    const rows = await this.#deps.platform.db
      .selectFrom('Host')
      .select(['id', 'agentId'])
      .where(
        'id',
        'in',
        hosts.map(({ hostId }) => hostId),
      )
      .execute();
    const credentials = await this.#credentials(input.draftId, hosts);
    return hosts.flatMap(({ hostId, ssh, key }) => {
      const row = rows.find(({ id }) => id === hostId);
      return row === undefined
        ? []
        : [{ hostId, agentId: row.agentId, ssh, credentials: credentials.get(key) }];
    });
  }

  async #credentials(
    draftId: Id<'ZoneDraft'>,
    hosts: readonly SshHost[],
  ): Promise<Map<string, SshCredentials>> {
    const { db, sealing } = this.#deps.platform;
    const draft = await db
      .selectFrom('ZoneDraft')
      .select(['id', 'sealedSecrets'])
      .where('id', '=', draftId)
      .executeTakeFirstOrThrow();
    const secrets = openSecrets(sealing, draft);
    const known = hosts.filter(({ key }) => secrets[key] !== undefined);
    return new Map(
      known.map(({ key, ssh }) => [key, credentialsOf('input.ssh', { ...ssh, ...secrets[key] })]),
    );
  }
}

const sshHostsOf = ({ hosts }: LaunchInput): SshHost[] =>
  hosts.flatMap((host) => (host.ssh === null ? [] : [{ ...host, ssh: host.ssh }]));

function machinesOf(input: LaunchInput) {
  return input.hosts.flatMap(({ hostId, ssh }, index) =>
    ssh === null ? [] : [{ hostId, ssh, path: `input.hosts.${index}.ssh.address` }],
  );
}
