import type { Hello } from '@nephos/agent-protocol/reports.ts';
import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';
import { Check } from '../../platform/validation.ts';
import { refreshCapacities } from './capacity.ts';
import { hostLinkTransitions, type HostLinkEvent } from './host-state.ts';
import { attachPools, detachPools, enterHost, joiningHost, poolsOfCluster } from './join-cluster.ts';
import { agentForHost, factsOf, isConnected, type HostPlan } from './store.ts';

const sagaInput = joiningHost.extend({ name: z.string() });

type SagaInput = z.output<typeof sagaInput>;
type Outputs = { attachStorage: undefined; enable: undefined };

function addHostSaga({ agents, platform }: { agents: AgentDispatcher; platform: Platform }) {
  return defineSaga<SagaInput, Outputs>({
    kind: 'host.add',
    input: sagaInput,
    steps: [
      {
        name: 'attachStorage',
        act: (run) => attachPools(agents, run),
        undo: (run) => detachPools(agents, run),
      },
      {
        name: 'enable',
        record: async (tx, { input }) => {
          await enterHost(tx, input, platform.clock.now());
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.hostId),
  });
}

/** Hypervisor hosts, and whether their agents are there. */
export class HostService implements AgentListener {
  readonly #platform: Platform;
  readonly #add: ReturnType<typeof addHostSaga>;
  readonly reconciler: Reconciler;
  readonly #startedAt = performance.now();

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#add = addHostSaga({ agents, platform });
    platform.runner.register(this.#add);
    this.reconciler = new Reconciler({
      name: 'host-link',
      everySeconds: () => 2,
      look: () => this.#lookAtLinks(),
      log: platform.log,
    });
  }

  /** Makes an enrolled agent a host of a cluster, with the cluster's storage. */
  add(
    actor: Actor,
    input: HostPlan & { clusterId: Id<'Cluster'>; idempotencyKey?: string | null | undefined },
  ): Promise<{ hostId: string; jobId: string }> {
    const check = new Check();
    if (input.name != null) check.name('input.name', input.name);
    check.done();
    return this.#platform.mutations.run({ action: 'host.add', actor, input }, async (mutation) => {
      const { tx } = mutation;
      const cluster = await getGuarded(tx, actor, 'Cluster', input.clusterId, 'host.add');
      const agent = await agentForHost(tx, 'input', input, cluster);
      const pools = await poolsOfCluster(tx, cluster);
      const hostId = newId('Host');
      const job = await mutation.startJob(
        this.#add,
        { hostId, clusterId: cluster.id, agentId: agent.id, name: input.name ?? agent.name, pools },
        { kind: 'Host', id: hostId, accountId: null },
      );
      return { hostId, jobId: job.id };
    });
  }

  async onHello(agent: Row<'Agent'>, hello: Hello): Promise<void> {
    if (hello.host === null) return;
    const { db } = this.#platform;
    const host = await db.selectFrom('Host').selectAll().where('agentId', '=', agent.id).executeTakeFirst();
    if (host === undefined) return;
    const facts = factsOf(agent);
    await this.#setLink(host.id, 'connected');
    await db
      .updateTable('Host')
      .set({
        cpuCores: facts.cpuCores,
        cpuMhz: facts.cpuMhz,
        memoryBytes: facts.memoryBytes,
        facts: JSON.stringify(agent.facts),
      })
      .where('id', '=', host.id)
      .where(sql<boolean>`"facts" is distinct from ${JSON.stringify(agent.facts)}::jsonb`)
      .execute();
    await refreshCapacities(db, { hostId: host.id });
  }

  async onGone(agentId: Id<'Agent'>): Promise<void> {
    const host = await this.#platform.db
      .selectFrom('Host')
      .select('id')
      .where('agentId', '=', agentId)
      .executeTakeFirst();
    if (host !== undefined) await this.#setLink(host.id, 'lost');
  }

  /** Hosts whose link is not what their connection says, and hosts that were away for too long. */
  async #lookAtLinks(): Promise<void> {
    const { db, settings, clock } = this.#platform;
    const now = clock.now();
    // After a restart of the server its agents come back within this time; nobody need be told that they were away.
    const isSettled = performance.now() - this.#startedAt > settings.get('ping.timeout') * 1000;
    if (isSettled) await this.#followConnections();
    // Nobody listened before this server did.
    const waitSeconds = settings.get('alert.wait');
    if (performance.now() - this.#startedAt < waitSeconds * 1000) return;
    const overdueBefore = new Date(now.getTime() - waitSeconds * 1000);
    const overdue = await db
      .selectFrom('Host')
      .select('id')
      .where('linkState', '=', 'DISCONNECTED')
      .where('linkStateSince', '<', overdueBefore)
      .execute();
    for (const { id } of overdue) await this.#setLink(id, 'overdue');
  }

  /** A connection goes without a word with its server; and a host may have been added just as its agent came. */
  async #followConnections(): Promise<void> {
    const hosts = await this.#platform.db
      .selectFrom('Host')
      .leftJoin(
        ({ selectFrom }) =>
          selectFrom('AgentConnection')
            .select('agentId')
            .where(isAliveServer('AgentConnection.serverId'))
            .as('connection'),
        (join) => join.onRef('connection.agentId', '=', 'Host.agentId'),
      )
      .select(['Host.id', 'connection.agentId as connectedAgentId'])
      .where(sql<boolean>`("linkState" in ('UP', 'CONNECTING')) <> (connection."agentId" is not null)`)
      .execute();
    for (const host of hosts)
      await this.#setLink(host.id, host.connectedAgentId === null ? 'lost' : 'connected');
  }

  async #setLink(hostId: Id<'Host'>, event: HostLinkEvent): Promise<void> {
    const { db, clock, log } = this.#platform;
    const moved = await db.transaction().execute(async (tx) => {
      // The lock comes first: an agent that is back at once must not be taken for gone, nor the other way round.
      const host = await tx
        .selectFrom('Host')
        .select(['name', 'agentId', 'linkState'])
        .where('id', '=', hostId)
        .forUpdate()
        .executeTakeFirst();
      if (host === undefined) return undefined;
      if (event === 'lost' || event === 'connected') {
        const isThere = await isConnected(tx, host.agentId);
        if (isThere !== (event === 'connected')) return undefined;
      }
      const linkState = hostLinkTransitions[host.linkState][event];
      if (linkState === undefined || linkState === host.linkState) return undefined;
      await tx
        .updateTable('Host')
        .set({ linkState, linkStateSince: clock.now() })
        .where('id', '=', hostId)
        .execute();
      return { host: host.name, linkState };
    });
    if (moved !== undefined) log.info({ hostId, event, ...moved }, 'host link changed');
  }
}
