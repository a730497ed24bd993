import type { Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import { assertVersion, versionConflict, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { agentForHost } from '../host/store.ts';
import { storageAgentFor } from '../image-store/store.ts';
import { createZoneSaga, type CreateZoneInput } from './create-zone-saga.ts';
import { checkZonePlan, type ZonePlan } from './zone-plan.ts';

type Idempotent = { idempotencyKey?: string | null | undefined };

/** Zones as a whole. */
export class ZoneService {
  readonly #platform: Platform;
  readonly #createZone: ReturnType<typeof createZoneSaga>;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#createZone = createZoneSaga({ agents, clock: platform.clock });
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
        try {
          await tx
            .insertInto('Zone')
            .values({
              id: zoneId,
              name: plan.name,
              networkModel: plan.networkModel,
              dns1: plan.dns1,
              dns2: plan.dns2 ?? null,
              internalDns1: plan.internalDns1,
              internalDns2: plan.internalDns2 ?? null,
              networkDomain: plan.networkDomain ?? null,
            })
            .execute();
        } catch (error) {
          if (isUniqueViolation(error)) throw invalid('input.name', plan.name, 'is the name of another zone');
          throw error;
        }
        const agents: Row<'Agent'>[] = [];
        for (const [index, host] of plan.hosts.entries()) {
          agents.push(await agentForHost(tx, `input.hosts.${index}`, host, plan.cluster));
        }
        const storageAgent = await storageAgentFor(tx, 'input.imageStore', zoneId, plan.imageStore);
        const sagaInput: CreateZoneInput = {
          plan,
          zoneId,
          physicalNetworkIds: plan.physicalNetworks.map(() => newId('PhysicalNetwork')),
          podId: newId('Pod'),
          networkId: newId('GuestNetwork'),
          clusterId: newId('Cluster'),
          hosts: agents.map(({ id }) => ({ hostId: newId('Host'), agentId: id })),
          poolId: newId('StoragePool'),
          imageStoreId: newId('ImageStore'),
          storageAgentId: storageAgent.id,
        };
        const job = await mutation.startJob(this.#createZone, sagaInput, {
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
