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
import { agentForHost, factsOf, type HostPlan } from './store.ts';
import type { HostLinkState } from '@nephos/model/generated/enums.ts';

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
    const { db } = this.#platform;
    const host = await db
      .selectFrom('Host')
      .select('Host.id')
      .where('agentId', '=', agentId)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('AgentConnection').select('agentId').where('AgentConnection.agentId', '=', agentId),
          ),
        ),
      )
      .executeTakeFirst();
    if (host !== undefined) await this.#setLink(host.id, 'lost');
  }

  /** Hosts whose connection went with its server, and hosts that were away for too long. */
  async #lookAtLinks(): Promise<void> {
    const { db, settings, clock } = this.#platform;
    const now = clock.now();
    // After a restart of the server its agents come back within this time; nobody need be told that they were away.
    const isSettled = performance.now() - this.#startedAt > settings.get('ping.timeout') * 1000;
    if (isSettled) await this.#loseUnconnected();
    const overdueBefore = new Date(now.getTime() - settings.get('alert.wait') * 1000);
    const overdue = await db
      .selectFrom('Host')
      .select('id')
      .where('linkState', '=', 'DISCONNECTED')
      .where('linkStateSince', '<', overdueBefore)
      .execute();
    for (const { id } of overdue) await this.#setLink(id, 'overdue');
  }

  async #loseUnconnected(): Promise<void> {
    const lost = await this.#platform.db
      .selectFrom('Host')
      .select('Host.id')
      .where('linkState', 'in', ['UP', 'CONNECTING'])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('AgentConnection')
              .select('AgentConnection.agentId')
              .whereRef('AgentConnection.agentId', '=', 'Host.agentId')
              .where(isAliveServer('AgentConnection.serverId')),
          ),
        ),
      )
      .execute();
    for (const { id } of lost) await this.#setLink(id, 'lost');
  }

  async #setLink(hostId: Id<'Host'>, event: HostLinkEvent): Promise<void> {
    const { db, clock, log } = this.#platform;
    const moves = (Object.keys(hostLinkTransitions) as HostLinkState[]).flatMap((from) => {
      const to = hostLinkTransitions[from][event];
      return to === undefined || to === from ? [] : [sql`when ${from} then ${to}`];
    });
    const next = sql`(case "linkState"::text ${sql.join(moves, sql` `)} end)`;
    const { rows } = await sql<{ name: string; linkState: HostLinkState }>`
      update "Host" set "linkState" = ${next}::"HostLinkState", "linkStateSince" = ${clock.now()}
      where "id" = ${hostId} and ${next} is not null returning "name", "linkState"`.execute(db);
    const [moved] = rows;
    if (moved !== undefined)
      log.info({ hostId, host: moved.name, event, linkState: moved.linkState }, 'host link changed');
  }
}
