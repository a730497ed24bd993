import type { MachineObservation } from '@nephos/agent-protocol/machine.ts';
import type { Hello, MachineChanged } from '@nephos/agent-protocol/reports.ts';
import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import { statesThatAccept } from './state-machine.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { takeFromHost } from '../placement/placement.ts';
import { tryLeaveHost } from './leave-host.ts';
import { tryMove } from './store.ts';
import type { PowerWatch } from './power-watch.ts';
import { appendMachineUsage } from './usage.ts';

type Power = MachineObservation['power'];

/**
 * Keeps what is believed of machines' power true to what hosts report: a guest that shut itself down, someone with
 * virsh, a host that went silent. While a job works on a machine its reports are only written down; the job decides.
 */
export class PowerFacts implements AgentListener {
  readonly #platform: Platform;
  readonly #agents: AgentDispatcher;
  readonly #watch: PowerWatch;
  readonly reconciler: Reconciler;

  constructor(platform: Platform, agents: AgentDispatcher, watch: PowerWatch) {
    this.#platform = platform;
    this.#agents = agents;
    this.#watch = watch;
    this.reconciler = new Reconciler({
      name: 'machine-power',
      everySeconds: () => 5,
      look: async () => {
        await this.#lookForLostHosts();
        await this.#lookAgain();
      },
      log: platform.log,
    });
  }

  async onMachineChanged(agentId: Id<'Agent'>, report: MachineChanged, at: Date): Promise<void> {
    if (this.#watch.take(agentId, report, at)) return;
    if (await this.#noteWhileWorkedOn(agentId, report, at)) return;
    const host = await this.#hostOf(agentId);
    if (host === undefined) return;
    await this.#take(host, report.machineId, report.power, at);
  }

  async onHello(agent: Row<'Agent'>, hello: Hello): Promise<void> {
    const host = await this.#hostOf(agent.id);
    if (host === undefined || hello.host === null) return;
    const { db, clock } = this.#platform;
    const at = clock.now();
    const seen = new Map(hello.host.machines.map(({ machineId, power }) => [machineId as string, power]));
    const believedHere = await db
      .selectFrom('VirtualMachine')
      .select('id')
      .where('hostId', '=', host.id)
      .execute();
    for (const { id } of believedHere) await this.#take(host, id, seen.get(id) ?? 'ABSENT', at);
    const believed = new Set<string>(believedHere.map(({ id }) => id));
    for (const { machineId, power } of hello.host.machines) {
      if (!believed.has(machineId)) await this.#take(host, machineId, power, at);
    }
  }

  /**
   * Believes that a machine is off, because an administrator vouches for it that its host is.
   * @returns whether its state allowed that
   */
  async declareOff(tx: Transaction, id: Id<'VirtualMachine'>, at: Date): Promise<boolean> {
    return (await tryLeaveHost(tx, id, 'foundOff', 'OFF', at)) !== undefined;
  }

  /** Takes in one fact. */
  async #take(host: Row<'Host'>, machineId: Id<'VirtualMachine'>, power: Power, at: Date): Promise<void> {
    if (power === 'ON') await this.#foundOn(host, machineId, at);
    else if (power === 'PAUSED') await this.#foundPaused(host, machineId, at);
    else await this.#foundOff(host, machineId, power, at);
  }

  async #foundOff(
    host: Row<'Host'>,
    machineId: Id<'VirtualMachine'>,
    power: 'OFF' | 'ABSENT',
    at: Date,
  ): Promise<void> {
    const moved = await this.#platform.db.transaction().execute(async (tx) => {
      const machine = await tx
        .selectFrom('VirtualMachine')
        .select(['hostId', 'state'])
        .where('id', '=', machineId)
        .forUpdate()
        .executeTakeFirst();
      // A report of a host where it does not run says nothing of where it does.
      if (machine?.hostId !== host.id || !statesThatAccept('foundOff').includes(machine.state))
        return undefined;
      return tryLeaveHost(tx, machineId, 'foundOff', power, at);
    });
    if (moved === undefined) await this.#note(host, machineId, power, at);
    else this.#platform.log.info({ machineId, host: host.name, power }, 'machine went off by itself');
  }

  async #foundOn(host: Row<'Host'>, machineId: Id<'VirtualMachine'>, at: Date): Promise<void> {
    const { db, log } = this.#platform;
    const outcome = await db.transaction().execute(async (tx) => {
      const machine = await tx
        .selectFrom('VirtualMachine')
        .select(['hostId', 'targetHostId', 'state'])
        .where('id', '=', machineId)
        .forUpdate()
        .executeTakeFirst();
      if (machine === undefined) return 'unknown';
      // It is on its way to this host; the job that moves it asks, when it is time to.
      if (machine.targetHostId === host.id) return 'expected';
      if (machine.hostId !== null && machine.hostId !== host.id) return 'elsewhere';
      const moved = await tryMove(tx, machineId, 'foundOn', {
        hostId: host.id,
        desiredPower: 'ON',
        observedPower: 'ON',
        observedAt: at,
      });
      if (moved === undefined) return 'noted';
      // It was believed off: what it uses is taken from the host now, and metered. Back from UNKNOWN both still stand.
      if (machine.hostId === null) {
        await takeFromHost(tx, host.id, moved);
        await appendMachineUsage(tx, 'VM_START', moved, at);
      }
      return 'moved';
    });
    switch (outcome) {
      case 'unknown':
        log.warn({ machineId, host: host.name }, 'host runs a machine that was expunged or never existed');
        break;
      case 'elsewhere':
        log.error({ machineId, host: host.name }, 'a machine runs on a host where it should not');
        break;
      case 'expected':
        break;
      case 'noted':
        await this.#note(host, machineId, 'ON', at);
        break;
      case 'moved':
        log.info({ machineId, host: host.name }, 'machine found running');
    }
  }

  async #foundPaused(host: Row<'Host'>, machineId: Id<'VirtualMachine'>, at: Date): Promise<void> {
    const moved = await this.#platform.db.transaction().execute(async (tx) => {
      const machine = await tx
        .selectFrom('VirtualMachine')
        .select('hostId')
        .where('id', '=', machineId)
        .forUpdate()
        .executeTakeFirst();
      if (machine?.hostId !== host.id) return undefined;
      return tryMove(tx, machineId, 'foundPaused', { observedPower: 'PAUSED', observedAt: at });
    });
    if (moved === undefined) await this.#note(host, machineId, 'PAUSED', at);
    else this.#platform.log.info({ machineId, host: host.name }, 'machine found standing still');
  }

  /**
   * Most changes of power come of a job, which draws the conclusion itself: then one statement is enough.
   * @returns whether a job works on the machine, on that host
   */
  async #noteWhileWorkedOn(
    agentId: Id<'Agent'>,
    { machineId, power }: MachineChanged,
    at: Date,
  ): Promise<boolean> {
    const noted = await this.#platform.db
      .updateTable('VirtualMachine')
      .from('Host')
      .set({ observedPower: power, observedAt: at })
      .where('VirtualMachine.id', '=', machineId)
      .where('VirtualMachine.state', 'in', ['STARTING', 'STOPPING', 'RESTORING'])
      .whereRef('Host.id', '=', 'VirtualMachine.hostId')
      .where('Host.agentId', '=', agentId)
      .returning('VirtualMachine.id')
      .executeTakeFirst();
    return noted !== undefined;
  }

  /** Writes down what was seen, without drawing a conclusion. */
  async #note(host: Row<'Host'>, machineId: Id<'VirtualMachine'>, power: Power, at: Date): Promise<void> {
    await this.#platform.db
      .updateTable('VirtualMachine')
      .set({ observedPower: power, observedAt: at })
      .where('id', '=', machineId)
      .where('hostId', '=', host.id)
      .where((row) => row.or([row('observedPower', 'is', null), row('observedPower', '!=', power)]))
      .execute();
  }

  /** Machines of hosts that were silent for too long: nobody knows whether they run. */
  async #lookForLostHosts(): Promise<void> {
    const { db, log } = this.#platform;
    const lost = await db
      .selectFrom('VirtualMachine')
      .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .select(['VirtualMachine.id', 'Host.name as host'])
      .where('VirtualMachine.state', 'in', statesThatAccept('hostLost'))
      .where('Host.linkState', 'in', ['ALERT', 'DOWN'])
      .limit(1000)
      .execute();
    for (const { id, host } of lost) {
      const moved = await tryMove(db, id, 'hostLost', { observedPower: null });
      if (moved !== undefined)
        log.warn({ machineId: id, host }, 'host is silent: nobody knows whether the machine runs');
    }
  }

  /**
   * Machines that were last seen otherwise than they are believed to be, or not since they moved: that changed while a
   * job worked on them. The host is asked again, since what it said may be older than the job's end.
   */
  async #lookAgain(): Promise<void> {
    const { db, clock, log } = this.#platform;
    const doubtful = await db
      .selectFrom('VirtualMachine')
      .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .selectAll('Host')
      .select('VirtualMachine.id as machineId')
      .where((row) =>
        row.or([
          row('VirtualMachine.state', 'in', statesThatAccept('foundOff')).and(
            'VirtualMachine.observedPower',
            'in',
            ['OFF', 'ABSENT'],
          ),
          row('VirtualMachine.state', '=', 'RUNNING').and('VirtualMachine.observedPower', '=', 'PAUSED'),
          row('VirtualMachine.state', '=', 'RUNNING').and('VirtualMachine.observedPower', 'is', null),
          row('VirtualMachine.state', '=', 'SUSPENDED').and('VirtualMachine.observedPower', '=', 'ON'),
        ]),
      )
      .where('Host.linkState', '=', 'UP')
      .limit(100)
      .execute();
    for (const { machineId, ...host } of doubtful) {
      try {
        const { power } = await this.#agents.ask(host.agentId, 'machine.observe', { machineId });
        await this.#take(host, machineId, power, clock.now());
      } catch (error) {
        log.warn({ err: error, machineId, host: host.name }, 'host could not be asked about a machine');
      }
    }
  }

  #hostOf(agentId: Id<'Agent'>): Promise<Row<'Host'> | undefined> {
    return this.#platform.db.selectFrom('Host').selectAll().where('agentId', '=', agentId).executeTakeFirst();
  }
}
