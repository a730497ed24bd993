import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { assertVersion, versionConflict, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { storageAgentFor } from '../image-store/store.ts';
import type { ZoneBlueprint } from './blueprint.ts';
import { createZoneSaga } from './create-zone-saga.ts';
import { insertZone } from './store.ts';
import { agentOfPlan, checkZonePlan, type ZonePlan } from './zone-plan.ts';

type Idempotent = { idempotencyKey?: string | null | undefined };

/** Zones as a whole. */
export class ZoneService {
  readonly #platform: Platform;
  readonly #createZone: ReturnType<typeof createZoneSaga>;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#createZone = createZoneSaga({ db: platform.db, agents, clock: platform.clock });
    platform.runner.register(this.#createZone);
  }

  /** Makes a zone with all that belongs to it, as one job. */
  create(actor: Actor, input: ZonePlan & Idempotent): Promise<{ zoneId: string; jobId: string }> {
    const { idempotencyKey, ...plan } = input;
    const check = new Check();
    checkZonePlan(check, 'input', plan);
    check.done();
    const { mutations } = this.#platform;
    return mutations.run(
      { action: 'zone.create', actor, input: { ...plan, idempotencyKey } },
      async (mutation) => {
        const { tx } = mutation;
        const zoneId = newId('Zone');
        await insertZone(tx, 'input', zoneId, plan);
        const agents: Row<'Agent'>[] = [];
        for (const [index, host] of plan.hosts.entries()) {
          const others = agents.map(({ id }) => id);
          agents.push(await agentOfPlan(tx, `input.hosts.${index}`, host, plan.cluster, others));
        }
        const storageAgent = await storageAgentFor(tx, 'input.imageStore', zoneId, plan.imageStore);
        const { hosts, ...rest } = plan;
        const blueprint: ZoneBlueprint = {
          plan: rest,
          zoneId,
          physicalNetworkIds: plan.physicalNetworks.map(() => newId('PhysicalNetwork')),
          podId: newId('Pod'),
          networkId: newId('GuestNetwork'),
          clusterId: newId('Cluster'),
          hosts: agents.map(({ id }, index) => ({
            hostId: newId('Host'),
            agentId: id,
            name: hosts[index]?.name ?? null,
            ssh: null,
            key: id,
          })),
          poolId: newId('StoragePool'),
          imageStoreId: newId('ImageStore'),
          storageAgentId: storageAgent.id,
        };
        const job = await mutation.startJob(this.#createZone, blueprint, {
          kind: 'Zone',
          id: zoneId,
          accountId: null,
        });
        return { zoneId, jobId: job.id };
      },
    );
  }

  /** Opens a zone for new machines, or closes it; what runs in it runs on. */
  setAllocation(
    actor: Actor,
    input: { id: Id<'Zone'>; isEnabled: boolean } & ExpectsVersion,
  ): Promise<{ zoneId: string }> {
    return this.#platform.mutations.run({ action: 'zone.update', actor, input: {} }, async (mutation) => {
      const zone = await getForChange(mutation.tx, actor, 'Zone', input.id, 'zone.update');
      assertVersion(`zone ${zone.name}`, zone, input);
      const allocationState = input.isEnabled ? 'ENABLED' : 'DISABLED';
      const changed = await mutation.tx
        .updateTable('Zone')
        .set({ allocationState })
        .where('id', '=', zone.id)
        .where('version', '=', zone.version)
        .returning('id')
        .executeTakeFirst();
      if (changed === undefined) throw versionConflict(`zone ${zone.name}`, zone.version, zone.version + 1);
      mutation.concerns('Zone', zone.id, null, {
        allocationState: { before: zone.allocationState, after: allocationState },
      });
      return { zoneId: zone.id };
    });
  }
}
