import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { HostCheck } from '@nephos/model/shapes/host-check.ts';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { JobRow } from '../../platform/jobs/job-store.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import { Check } from '../../platform/validation.ts';
import type { HostService } from '../host/host-service.ts';
import { poolsOfCluster } from '../host/join-cluster.ts';
import { examineHost } from './examine-host.ts';
import type { HostAccess } from './host-access.ts';
import { checkOfFailure } from './host-checks.ts';
import { freeHostName } from './host-name.ts';
import { bridgesOf, type InstallingDeps, type SshAddressInput } from './installing.ts';
import { installHostSaga } from './sagas/install.ts';
import { upgradeHostAgentSaga } from './sagas/upgrade.ts';
import { SshFailure } from './ssh-failure.ts';
import { addressOf, checkSshInput, credentialsOf, type SshInput } from './ssh-input.ts';
import { SshSession, type SshCredentials } from './ssh-session.ts';

export interface AddHostInput {
  clusterId: Id<'Cluster'>;
  /** Either an agent that has enrolled… */
  agentId: Id<'Agent'> | null;
  /** …or a machine that one is to be installed on. */
  ssh?: SshInput | null | undefined;
  name?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface CheckHostInput {
  clusterId: Id<'Cluster'>;
  ssh: SshInput;
}

export interface UpgradeHostAgentInput {
  id: Id<'Host'>;
  ssh: SshInput;
  idempotencyKey?: string | null | undefined;
}

/** What was found on a machine that was looked at. */
export interface Examination {
  /** Of the key that it showed; null when one could not get in. */
  hostKey: string | null;
  checks: HostCheck[];
  hostname: string | null;
}

/** A machine of which another job makes a host. */
export interface MachineToInstall {
  hostId: Id<'Host'>;
  clusterId: Id<'Cluster'>;
  /** The machine's own when null. */
  name: string | null;
  ssh: SshAddressInput;
  credentials: SshCredentials;
}

const checkMs = 60_000;

/** Hosts that are made, looked at and renewed over SSH. */
export class HostInstallationService {
  readonly #platform: Platform;
  readonly #hosts: HostService;
  readonly #addresses: PublicAddresses;
  readonly #access: HostAccess;
  readonly #install: ReturnType<typeof installHostSaga>;
  readonly #upgrade: ReturnType<typeof upgradeHostAgentSaga>;

  constructor(platform: Platform, options: { deps: InstallingDeps; hosts: HostService }) {
    const { deps, hosts } = options;
    this.#platform = platform;
    this.#hosts = hosts;
    this.#addresses = deps.addresses;
    this.#access = deps.access;
    this.#install = installHostSaga(deps);
    this.#upgrade = upgradeHostAgentSaga(deps);
    platform.runner.register(this.#install);
    platform.runner.register(this.#upgrade);
  }

  /** Makes a host of an agent that has enrolled, or of a machine that can be entered over SSH. */
  async add(actor: Actor, input: AddHostInput): Promise<{ hostId: string; jobId: string }> {
    const { agentId, ssh, ...rest } = input;
    if (agentId !== null && ssh == null) return this.#hosts.add(actor, { ...rest, agentId });
    if (ssh == null || agentId !== null)
      throw invalid('input.agentId', agentId, 'give either an agent or ssh, and not both');
    return this.#addOverSsh(actor, { ...rest, ssh });
  }

  /** Looks at a machine as `add` would, and changes nothing there. */
  async check(actor: Actor, input: CheckHostInput): Promise<{ hostKey: string | null; checks: HostCheck[] }> {
    const { db, mutations } = this.#platform;
    const { clusterId, ssh } = input;
    checked(ssh);
    const cluster = await getGuarded(db, actor, 'Cluster', clusterId, 'host.check');
    const bridges = await bridgesOf(db, cluster.zoneId);
    const { hostname, ...found } = await this.examine('input.ssh', ssh, bridges);
    if (hostname !== null) found.checks.push(await freeHostName(db, cluster.id, hostname));
    await mutations.run({ action: 'host.check', actor, input: {} }, (mutation) => {
      mutation.concerns('Cluster', cluster.id, null, shownInAudit(ssh));
      return Promise.resolve({});
    });
    return found;
  }

  /**
   * Signs in to a machine and looks whether it can be a host; what keeps one out is a failed check.
   * @param bridges names of those that are to carry guests there
   */
  async examine(path: string, ssh: SshInput, bridges: readonly string[]): Promise<Examination> {
    const target = { ...addressOf(ssh, null), credentials: credentialsOf(path, ssh) };
    try {
      await using session = await SshSession.open(target, AbortSignal.timeout(checkMs));
      // No agent has this id: whichever is installed there is another.
      const wanted = { bridges: [...bridges], agentId: newId('Agent'), mustBeInstalled: false };
      const { checks, hostname } = await examineHost(session, this.#addresses, wanted);
      return { hostKey: session.hostKey, checks, hostname };
    } catch (error) {
      if (!(error instanceof SshFailure)) throw error;
      return { hostKey: null, checks: [checkOfFailure(error)], hostname: null };
    }
  }

  /** Begins to install a machine that another job waits for. */
  async begin({ hostId, clusterId, name, ssh, credentials }: MachineToInstall): Promise<void> {
    await this.#platform.mutations.run({ action: 'host.add', actor: null, input: {} }, async (mutation) => {
      const cluster = await mutation.tx
        .selectFrom('Cluster')
        .selectAll()
        .where('id', '=', clusterId)
        .executeTakeFirstOrThrow();
      await this.#startInstalling(mutation, cluster, { hostId, name, ssh, credentials });
      return {};
    });
  }

  /** Gives a host the agent of this server's version. */
  async upgrade(actor: Actor, input: UpgradeHostAgentInput): Promise<{ hostId: string; jobId: string }> {
    const { id, ssh, idempotencyKey } = input;
    const credentials = checked(ssh);
    const action = 'host.upgradeAgent';
    // A key is compared with what is not secret: a hash of a password would be one in the database.
    const compared = { id, ssh: addressOf(ssh, null), idempotencyKey };
    return this.#platform.mutations.run({ action, actor, input: compared }, async (mutation) => {
      const { tx } = mutation;
      const host = await getForChange(tx, actor, 'Host', id, action);
      if (host.hypervisor !== 'KVM') {
        throw new PlatformError(
          'INVALID_STATE',
          `host ${host.name} is a ${host.hypervisor}: no agent is installed there`,
          {
            details: { id: host.id, hypervisor: host.hypervisor },
          },
        );
      }
      await this.#access.keep(tx, host.id, credentials);
      mutation.concerns('Host', host.id, null, shownInAudit(ssh));
      const job = await mutation.startJob(
        this.#upgrade,
        {
          hostId: host.id,
          agentId: host.agentId,
          zoneId: host.zoneId,
          ssh: addressOf(ssh, host.sshHostKey),
        },
        { kind: 'Host', id: host.id, accountId: null },
      );
      return { hostId: host.id, jobId: job.id };
    });
  }

  #addOverSsh(
    actor: Actor,
    input: Omit<AddHostInput, 'agentId' | 'ssh'> & { ssh: SshInput },
  ): Promise<{ hostId: string; jobId: string }> {
    const { clusterId, ssh, name = null, idempotencyKey } = input;
    const credentials = checked(ssh, name);
    const action = 'host.add';
    const compared = { clusterId, name, ssh: addressOf(ssh, null), idempotencyKey };
    return this.#platform.mutations.run({ action, actor, input: compared }, async (mutation) => {
      const { tx } = mutation;
      const cluster = await getGuarded(tx, actor, 'Cluster', clusterId, action);
      if (cluster.hypervisor !== 'KVM')
        throw invalid(
          'input.clusterId',
          clusterId,
          'must be a cluster of KVM hosts: others are not installed',
        );
      const namesake = name === null ? undefined : await freeHostName(tx, cluster.id, name);
      if (namesake?.outcome === 'FAILED') throw invalid('input.name', name, namesake.found);
      const hostId = newId('Host');
      const machine = { hostId, name, ssh: addressOf(ssh, null), credentials };
      const job = await this.#startInstalling(mutation, cluster, machine);
      return { hostId, jobId: job.id };
    });
  }

  async #startInstalling(
    mutation: Mutation,
    cluster: Row<'Cluster'>,
    { hostId, name, ssh, credentials }: Omit<MachineToInstall, 'clusterId'>,
  ): Promise<JobRow> {
    const { tx } = mutation;
    await this.#access.keep(tx, hostId, credentials);
    mutation.concerns('Host', hostId, null, shownInAudit(ssh));
    return mutation.startJob(
      this.#install,
      {
        hostId,
        clusterId: cluster.id,
        zoneId: cluster.zoneId,
        agentId: newId('Agent'),
        pools: await poolsOfCluster(tx, cluster),
        name,
        ssh,
      },
      { kind: 'Host', id: hostId, accountId: null },
    );
  }
}

/** @returns what proves the user @throws PlatformError VALIDATION_FAILED */
function checked(ssh: SshInput, name: string | null = null) {
  const check = new Check();
  checkSshInput(check, 'input.ssh', ssh);
  if (name !== null) check.name('input.name', name);
  check.done();
  return credentialsOf('input.ssh', ssh);
}

function shownInAudit({ address, port, username }: Pick<SshInput, 'address' | 'port' | 'username'>) {
  return { sshAddress: address, sshPort: port, sshUser: username };
}
