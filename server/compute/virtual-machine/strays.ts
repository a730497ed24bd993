import type { Hello } from '@nephos/agent-protocol/reports.ts';
import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import { defineSaga } from '../../platform/jobs/saga.ts';
import type { Platform } from '../../platform/platform.ts';

const strayInput = z.object({ machineId: idField('VirtualMachine'), agentId: idField('Agent') });

function removeStraySaga(agents: AgentDispatcher, { settings }: Pick<Platform, 'settings'>) {
  return defineSaga<z.output<typeof strayInput>, { remove: undefined }>({
    kind: 'host.removeStray',
    input: strayInput,
    steps: [
      {
        name: 'remove',
        act: async (run) => {
          const { agentId, machineId } = run.input;
          const options = { deadlineSeconds: settings.get('wait') };
          await agents.execute(run, agentId, 'machine.remove', { machineId }, options);
        },
      },
    ],
  });
}

/**
 * Removes what hosts still have of machines that are elsewhere by now. It was left there when the host was silent, and
 * nobody waited for it.
 */
export class Strays implements AgentListener {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof removeStraySaga>;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#saga = removeStraySaga(agents, platform);
    platform.runner.register(this.#saga);
  }

  async onHello(agent: Row<'Agent'>, { host: told }: Hello): Promise<void> {
    const idle = told?.machines.filter(({ power }) => power === 'OFF' || power === 'PAUSED') ?? [];
    if (idle.length === 0) return;
    const { db } = this.#platform;
    const host = await db
      .selectFrom('Host')
      .select(['id', 'agentId'])
      .where('agentId', '=', agent.id)
      .executeTakeFirst();
    if (host === undefined) return;
    const ids = idle.map(({ machineId }) => machineId);
    for (const machineId of await straysAmong(db, host.id, ids)) await this.#remove(host, machineId);
  }

  async #remove(
    host: { id: Id<'Host'>; agentId: Id<'Agent'> },
    machineId: Id<'VirtualMachine'>,
  ): Promise<void> {
    const { mutations, db } = this.#platform;
    // Whoever works on the machine now may be about to remove it there, or to bring it.
    const work = await db
      .selectFrom('Job')
      .select('id')
      .where('lane', '=', machineId)
      .where('status', 'in', ['QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'])
      .executeTakeFirst();
    if (work !== undefined) return;
    await mutations.run({ action: 'host.removeStray', actor: null, input: {} }, async (mutation) => {
      await mutation.tx
        .selectFrom('VirtualMachine')
        .select('id')
        .where('id', '=', machineId)
        .forUpdate()
        .execute();
      const [stray] = await straysAmong(mutation.tx, host.id, [machineId]);
      if (stray === undefined) return {};
      const target = { kind: 'Host', id: host.id, accountId: null, lane: machineId };
      await mutation.startJob(this.#saga, { machineId, agentId: host.agentId }, target);
      return {};
    });
  }
}

/** Those that neither are on a host, nor come there, nor are off and were there last. */
async function straysAmong(
  db: Database | Transaction,
  hostId: Id<'Host'>,
  machineIds: readonly Id<'VirtualMachine'>[],
): Promise<Id<'VirtualMachine'>[]> {
  const strays = await db
    .selectFrom('VirtualMachine')
    .select('id')
    .where('id', 'in', machineIds)
    .where('hostId', 'is distinct from', hostId)
    .where('targetHostId', 'is distinct from', hostId)
    // One that is off is still defined where it ran last.
    .where((row) => row.or([row('hostId', 'is not', null), row('lastHostId', 'is distinct from', hostId)]))
    .execute();
  return strays.map(({ id }) => id);
}
