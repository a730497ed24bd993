import type { Row, Transaction } from '@nephos/model/database.ts';
import { factsOf } from '../../infrastructure/host/store.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { assertNoSnapshots } from '../machine-snapshot/rules.ts';
import {
  loadMachine,
  targetOf,
  type MachineAnswer,
  type MachineInput,
} from '../virtual-machine/machine-change.ts';
import { podOfMachine, readyPools } from '../virtual-machine/machine-place.ts';
import { encodeSpec, specOf } from '../virtual-machine/machine-spec.ts';
import type { MachineSagaDeps } from '../virtual-machine/sagas/deploy.ts';
import { move, type MachineRow } from '../virtual-machine/store.ts';
import { unmanageSaga } from './sagas/unmanage.ts';

export interface Unmanaged extends MachineAnswer {
  /** What it is called from then on. */
  foreignName: string;
}

const action = 'foreignMachine.release';

/** Lets go of machines. */
export class UnmanageService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof unmanageSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = unmanageSaga(deps);
    platform.runner.register(this.#saga);
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT */
  unmanage(actor: Actor, input: MachineInput): Promise<Unmanaged> {
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      const machine = await move(tx, seen.id, 'unmanage');
      await readyPools(tx, machine);
      await assertNoSnapshots(tx, machine, 'be let go of');
      const host = await hostOf(tx, machine);
      const foreignName = foreignNameOf(machine);
      const spec = await specOf(tx, machine, await podOfMachine(tx, machine));
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, { foreignName, hostId: host.id });
      const clones = await clonesOf(tx, machine);
      const job = await mutation.startJob(
        this.#saga,
        {
          machineId: machine.id,
          agentId: host.agentId,
          isRunning: machine.hostId !== null,
          clones: spec.disks.filter(({ volumeId }) => clones.has(volumeId)),
          handover: { machine: encodeSpec(spec), foreignName, foreignPaths: [] },
        },
        targetOf(machine),
      );
      return { virtualMachineId: machine.id, jobId: job.id, foreignName };
    });
  }
}

/** Names are unique among an account's machines; on a host those of many meet. */
const foreignNameOf = ({ name, id }: MachineRow) => `${name}-${id.slice(-6)}`;

/** The host that a machine is on, or is defined on. @throws PlatformError INVALID_STATE while that is away */
async function hostOf(tx: Transaction, machine: MachineRow): Promise<Row<'Host'>> {
  const host = await tx
    .selectFrom('Host')
    .selectAll()
    .where('id', '=', machine.hostId ?? machine.lastHostId)
    .executeTakeFirst();
  if (host?.linkState === 'UP') {
    assertAble(host);
    return host;
  }
  throw new PlatformError(
    'INVALID_STATE',
    host === undefined
      ? `the host that ${machine.name} was on is gone; start it once, to have it on another`
      : `${host.name} is ${host.linkState}; it must be UP to keep ${machine.name}`,
    { details: { id: machine.id, hostId: host?.id ?? null } },
  );
}

/** @throws PlatformError INVALID_STATE for a host whose agent is too old */
function assertAble(host: Row<'Host'>): void {
  if (factsOf(host).capabilities.foreignMachines === true) return;
  throw new PlatformError('INVALID_STATE', `the agent of ${host.name} is too old to let go of machines`, {
    details: { hostId: host.id },
    remedy: 'upgrade it with upgradeHostAgent',
  });
}

/** Ids of a machine's disks that are clones of a template. */
async function clonesOf(tx: Transaction, { id }: MachineRow): Promise<ReadonlySet<string>> {
  const clones = await tx
    .selectFrom('Volume')
    .select('id')
    .where('virtualMachineId', '=', id)
    .where('imageId', 'is not', null)
    .execute();
  return new Set(clones.map((volume) => volume.id));
}
