import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Bus } from '../../platform/servers/bus.ts';

/** Whose rights may have changed: whoever any of these ids is of. */
export interface AccessChange {
  userId?: Id<'User'>;
  accountId?: Id<'Account'>;
  roleId?: Id<'Role'>;
  domainId?: Id<'Domain'>;
  /** Anybody's: notices may have been missed. */
  isUnknown?: true;
}

export function concernsActor(change: AccessChange, actor: Actor): boolean {
  return (
    change.isUnknown === true ||
    actor.userId === change.userId ||
    actor.accountId === change.accountId ||
    actor.roleId === change.roleId ||
    (change.domainId !== undefined && actor.lineage.includes(change.domainId))
  );
}

/** Tells every server that rights may have changed, so that open sockets are looked at again. */
export class AccessNotices {
  readonly #bus: Bus;
  readonly #listeners = new Set<(change: AccessChange) => void>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.on('access.changed', (change) => this.#tell(change as AccessChange));
    bus.onReconnect(() => this.#tell({ isUnknown: true }));
  }

  onChanged(listener: (change: AccessChange) => void): void {
    this.#listeners.add(listener);
  }

  /** To be called once the change is committed. */
  async announce(change: Omit<AccessChange, 'isUnknown'>): Promise<void> {
    this.#tell(change);
    await this.#bus.send(undefined, 'access.changed', { ...change });
  }

  #tell(change: AccessChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
