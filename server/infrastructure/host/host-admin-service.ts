import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentGateway } from '../../agent-gateway/agent-gateway.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { checkTags, tidyTags } from '../../platform/tags.ts';
import { Check } from '../../platform/validation.ts';
import { moveHost, type HostRow } from './admin-moves.ts';

export interface HostInput extends ExpectsVersion {
  id: Id<'Host'>;
  idempotencyKey?: string | null | undefined;
}

export interface HostAnswer extends Record<string, string> {
  hostId: string;
}

export interface UpdateHostInput extends HostInput {
  name?: string | null | undefined;
  /** What service offerings may ask for. */
  tags?: readonly string[] | null | undefined;
}

/** Loads the host that a mutation names. @throws PlatformError NOT_FOUND, FORBIDDEN, VERSION_CONFLICT */
export async function loadHost(
  { tx }: Mutation,
  actor: Actor,
  input: HostInput,
  permission: Permission,
): Promise<HostRow> {
  const host = await getForChange(tx, actor, 'Host', input.id, permission);
  assertVersion(`host ${host.name}`, host, input);
  return host;
}

/** What administrators change of hosts at once. */
export class HostAdminService {
  readonly #platform: Platform;
  readonly #gateway: Pick<AgentGateway, 'disconnect'>;

  constructor(platform: Platform, gateway: Pick<AgentGateway, 'disconnect'>) {
    this.#platform = platform;
    this.#gateway = gateway;
  }

  /** Fields that are absent stay as they are. */
  update(actor: Actor, input: UpdateHostInput): Promise<HostAnswer> {
    const { name, tags } = input;
    const check = new Check();
    if (name != null) check.name('input.name', name);
    checkTags(check, 'input.tags', tags);
    check.done();
    const action = 'host.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const host = await loadHost(mutation, actor, input, action);
      const change = { ...(name != null && { name }), ...(tags != null && { tags: tidyTags(tags) }) };
      try {
        if (Object.keys(change).length > 0)
          await tx.updateTable('Host').set(change).where('id', '=', host.id).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw invalid('input.name', name, 'is the name of another host of this cluster');
      }
      mutation.concerns('Host', host.id, null, changedFields(host, change));
      return { hostId: host.id };
    });
  }

  /** It takes machines again. */
  enable(actor: Actor, input: HostInput): Promise<HostAnswer> {
    return this.#move(actor, input, 'enable');
  }

  /** It takes no new machines; those that run there run on. */
  disable(actor: Actor, input: HostInput): Promise<HostAnswer> {
    return this.#move(actor, input, 'disable');
  }

  /** Ends the connection of its agent, which connects anew and tells all that it has. */
  async reconnect(actor: Actor, input: HostInput): Promise<HostAnswer> {
    const action = 'host.reconnect';
    const { hostId, agentId } = await this.#platform.mutations.run(
      { action, actor, input },
      async (mutation) => {
        const host = await loadHost(mutation, actor, input, action);
        if (host.linkState !== 'UP') {
          throw new PlatformError(
            'INVALID_STATE',
            `host ${host.name} is ${host.linkState}: there is no connection to end`,
            {
              details: { id: host.id, linkState: host.linkState },
              remedy: 'see that its agent runs and reaches the server; it connects by itself',
            },
          );
        }
        mutation.concerns('Host', host.id, null);
        return { hostId: host.id, agentId: host.agentId };
      },
    );
    await this.#gateway.disconnect(agentId, 'an administrator asked for it');
    return { hostId };
  }

  #move(actor: Actor, input: HostInput, event: 'enable' | 'disable'): Promise<HostAnswer> {
    const action: Permission = `host.${event}`;
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const host = await loadHost(mutation, actor, input, action);
      const { adminState } = await moveHost(mutation.tx, host.id, event);
      const changes = changedFields({ adminState: host.adminState }, { adminState });
      mutation.concerns('Host', host.id, null, changes);
      return { hostId: host.id };
    });
  }
}
