import {
  agentSdl,
  agentMutations,
  agentOperations,
  type AgentMutation,
} from '@nephos/agent-protocol/agent-api.ts';
import type { InventoryAnswer, InventoryChanged } from '@nephos/agent-protocol/inventory.ts';
import {
  protocolVersion,
  type Hello,
  type HelloAnswer,
  type MachineChanged,
} from '@nephos/agent-protocol/reports.ts';
import type { Statistics, StatisticsAnswer } from '@nephos/agent-protocol/statistics.ts';
import type { Row } from '@nephos/model/database.ts';
import { isId, type Id } from '@nephos/model/kernel/ids.ts';
import { buildSchema, GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { PlatformError } from '../platform/errors.ts';
import { retryDeadlocks } from '../platform/deadlocks.ts';
import type { Platform } from '../platform/platform.ts';
import { Semaphore } from '../platform/semaphore.ts';
import { AgentDispatcher } from './agent-dispatcher.ts';
import { AgentSession } from './agent-session.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { EnrolmentService } from './enrolment-service.ts';
import { Tunnels } from './tunnels.ts';

/** What features do with what agents say. Facts come in; what follows from them is the feature's to decide. */
export interface AgentListener {
  /** An agent connected and told its inventory; its commands wait until this is done. */
  onHello?(agent: Row<'Agent'>, hello: Hello): Promise<void>;
  /** Its connection to this server ended. It may already be connected elsewhere. */
  onGone?(agentId: Id<'Agent'>): Promise<void>;
  /** `at`: when it happened, by this server's clock. */
  onMachineChanged?(agentId: Id<'Agent'>, report: MachineChanged, at: Date): Promise<void>;
  /** Somebody changed something at the hypervisor. What each listener says of it is put together. */
  onInventoryChanged?(agentId: Id<'Agent'>, report: InventoryChanged): Promise<InventoryAnswer>;
  /** `at`: when it was measured, by this server's clock. The one who keeps samples says what to measure next. */
  onStatistics?(agentId: Id<'Agent'>, report: Statistics, at: Date): Promise<StatisticsAnswer | undefined>;
}

/** One WebSocket on the agent port, and who is at its other end. */
export interface AgentConnection {
  /** Subject of a certificate of ours; `undefined` without one. */
  certifiedId: string | undefined;
  clientAddress: string;
  session: AgentSession | undefined;
  /** Its socket is gone. It may be so before its hello is dealt with. */
  isClosed: boolean;
  close(code: number, reason: string): void;
}

const parallelHellos = 32;

/** Everything that is said on the agent port, whatever carries it: see agent-endpoint.ts for the sockets. */
export class AgentGateway {
  readonly schema: GraphQLSchema = buildSchema(agentSdl);
  readonly dispatcher: AgentDispatcher;
  readonly enrolment: EnrolmentService;
  readonly tunnels = new Tunnels();
  readonly #platform: Platform;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #listeners: AgentListener[] = [];
  readonly #documents: ReadonlyMap<string, DocumentNode>;
  /** After an outage all agents come at once: they are let in a few at a time, the rest waits with its socket open. */
  readonly #admission = new Semaphore(parallelHellos);
  #watch: NodeJS.Timeout | undefined;

  constructor(platform: Platform, authority: CertificateAuthority) {
    this.#platform = platform;
    const { db, bus, clock, log, metrics } = platform;
    this.dispatcher = new AgentDispatcher({ db, bus, metrics, sessions: this.#sessions });
    this.enrolment = new EnrolmentService({ db, clock, authority, log });
    bus.on('agent.disconnect', ({ agentId, reason }) => this.#sessions.get(agentId)?.close(reason));
    // Their hosts may have been given up with this server: a new hello puts all of it right.
    platform.onTakenForDead(() => this.#endAll('this server had been taken for dead'));
    this.#documents = new Map(Object.values(agentOperations).map((text) => [text, parse(text)]));
    for (const document of this.#documents.values()) {
      const [problem] = validate(this.schema, document);
      if (problem !== undefined) throw problem;
    }
  }

  addListener(listener: AgentListener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#watch = setInterval(() => this.#endSilent(), 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch);
    this.dispatcher.close();
    this.#endAll('server stops');
    this.#sessions.clear();
    await this.#platform.db
      .deleteFrom('AgentConnection')
      .where('serverId', '=', this.#platform.serverId)
      .execute();
  }

  isConnectedHere(agentId: string): boolean {
    return this.#sessions.has(agentId);
  }

  /** Ends an agent's connection, whichever server holds it. Unless it was revoked it is back in a moment. */
  async disconnect(agentId: Id<'Agent'>, reason: string): Promise<void> {
    this.#sessions.get(agentId)?.close(reason);
    await this.#platform.bus.send(undefined, 'agent.disconnect', { agentId, reason });
  }

  /** The parsed operation, if it is one of the protocol's; a connection without a certificate may only enrol. */
  documentFor(connection: AgentConnection, query: string): DocumentNode {
    const document = this.#documents.get(query);
    if (document === undefined) throw new GraphQLError('not an operation of the agent protocol');
    if (connection.certifiedId === undefined && query !== agentOperations.enrol) {
      throw new GraphQLError('this needs a client certificate; only enrolment does not');
    }
    return document;
  }

  /** Resolvers for one connection. */
  rootFor(connection: AgentConnection) {
    const answer =
      (name: AgentMutation, action: (input: never) => Promise<unknown>) =>
      async (args: { input?: unknown }) => {
        connection.session?.heard();
        const { input, answer: shape } = agentMutations[name];
        const parsed = input.safeDecode(args.input as never);
        if (!parsed.success) throw new GraphQLError(`${name}: ${parsed.error.message}`);
        try {
          return shape.encode((await action(parsed.data as never)) as never);
        } catch (error) {
          throw this.#refusal(name, error);
        }
      };
    const acknowledged = async (work: Promise<unknown>) => {
      await work;
      return true;
    };
    return {
      protocol: () => `${protocolVersion.major}.${protocolVersion.minor}`,
      enrol: answer('enrol', (input: Parameters<EnrolmentService['enrol']>[0]) =>
        this.enrolment.enrol(input, connection.clientAddress),
      ),
      renew: ({ certificateRequest }: { certificateRequest: unknown }) =>
        answer('renew', async (request: string) =>
          this.enrolment.renew(sessionOf(connection).agentId, request),
        )({
          input: certificateRequest,
        }),
      hello: answer('hello', (input: Hello) => this.#admission.run(() => this.#hello(connection, input))),
      heartbeat: () => {
        sessionOf(connection).heard();
        return true;
      },
      machineChanged: answer('machineChanged', (report: MachineChanged) => {
        const at = new Date(this.#platform.clock.now().getTime() - report.ageMilliseconds);
        const { agentId } = sessionOf(connection);
        return acknowledged(this.#each((listener) => listener.onMachineChanged?.(agentId, report, at)));
      }),
      inventoryChanged: answer(
        'inventoryChanged',
        async (report: InventoryChanged): Promise<InventoryAnswer> => {
          const { agentId } = sessionOf(connection);
          const answers = await this.#each((listener) => listener.onInventoryChanged?.(agentId, report));
          return {
            isTaken: answers.every((each) => each?.isTaken !== false),
            tellAgain: answers.flatMap((each) => each?.tellAgain ?? []),
          };
        },
      ),
      statistics: answer('statistics', async (report: Statistics): Promise<StatisticsAnswer> => {
        const { agentId } = sessionOf(connection);
        const at = new Date(this.#platform.clock.now().getTime() - report.ageMilliseconds);
        const answers = await this.#each((listener) => listener.onStatistics?.(agentId, report, at));
        const kept = answers.find((each) => each !== undefined);
        if (kept === undefined) throw new Error('nobody keeps statistics');
        return kept;
      }),
      commandProgress: answer(
        'commandProgress',
        (report: Parameters<typeof agentMutations.commandProgress.input.encode>[0]) => {
          sessionOf(connection);
          return acknowledged(this.dispatcher.progressed(report.commandId, report.percent, report.detail));
        },
      ),
      commandFinished: answer(
        'commandFinished',
        (report: Parameters<typeof agentMutations.commandFinished.input.encode>[0]) => {
          sessionOf(connection);
          return acknowledged(this.dispatcher.finished(report.commandId, report.outcome));
        },
      ),
      requestAnswered: answer(
        'requestAnswered',
        (reply: Parameters<typeof agentMutations.requestAnswered.input.encode>[0]) => {
          sessionOf(connection);
          return acknowledged(this.dispatcher.answered(reply));
        },
      ),
      instructions: () => sessionOf(connection).instructions(),
    };
  }

  /** The socket is closed. */
  async disconnected(connection: AgentConnection): Promise<void> {
    connection.isClosed = true;
    const { session } = connection;
    if (session === undefined) return;
    session.end();
    if (this.#sessions.get(session.agentId) !== session) return;
    this.#sessions.delete(session.agentId);
    this.#countSessions();
    const { db, serverId, log } = this.#platform;
    log.info({ agentId: session.agentId, name: session.name }, 'agent disconnected');
    await db
      .deleteFrom('AgentConnection')
      .where('agentId', '=', session.agentId)
      .where('serverId', '=', serverId)
      .where('connectedAt', '=', session.connectedAt)
      .execute();
    await this.#each((listener) => listener.onGone?.(session.agentId));
  }

  async #hello(connection: AgentConnection, hello: Hello): Promise<HelloAnswer> {
    const { db, clock, serverId, bus, settings, log } = this.#platform;
    if (hello.protocol.major !== protocolVersion.major) {
      throw new PlatformError(
        'VALIDATION_FAILED',
        `the agent speaks protocol ${hello.protocol.major}, this server ${protocolVersion.major}; upgrade the agent`,
      );
    }
    const agent = await this.#certifiedAgent(connection, hello);
    const connectedAt = clock.now();
    const heartbeatSeconds = settings.get('ping.interval');
    const session = new AgentSession({
      agentId: agent.id,
      kind: agent.kind,
      name: agent.name,
      connectedAt,
      heartbeatSeconds,
      close: (reason) => connection.close(4409, reason),
    });
    await db
      .insertInto('AgentConnection')
      .values({ agentId: agent.id, serverId, connectedAt })
      .onConflict((conflict) => conflict.column('agentId').doUpdateSet({ serverId, connectedAt }))
      .execute();
    await this.#each((listener) => listener.onHello?.(agent, hello));
    const earlier = this.#sessions.get(agent.id);
    if (earlier !== undefined && earlier.connectedAt > connectedAt) {
      connection.close(4409, 'replaced by a newer connection');
      throw new GraphQLError('a newer connection of this agent was dealt with first');
    }
    earlier?.close('replaced by a newer connection');
    this.#sessions.set(agent.id, session);
    connection.session = session;
    this.#countSessions();
    if (connection.isClosed) {
      await this.disconnected(connection);
      throw new GraphQLError('the connection ended before its hello was dealt with');
    }
    log.info({ agentId: agent.id, name: agent.name, kind: agent.kind }, 'agent connected');
    this.dispatcher.resend(agent.id);
    await bus.send(undefined, 'agent.connected', { agentId: agent.id });
    return {
      agentId: agent.id,
      heartbeatSeconds,
      statisticsSeconds: settings.get('vm.stats.interval'),
    };
  }

  /** @throws PlatformError UNAUTHENTICATED for a certificate whose agent was removed or revoked */
  async #certifiedAgent({ certifiedId }: AgentConnection, hello: Hello): Promise<Row<'Agent'>> {
    const refused = () =>
      new PlatformError('UNAUTHENTICATED', 'the certificate is not of a known agent, or was revoked');
    if (certifiedId === undefined || !isId('Agent', certifiedId)) throw refused();
    const agent = await this.#platform.db
      .updateTable('Agent')
      .set({
        softwareVersion: hello.softwareVersion,
        facts: hello.host && JSON.stringify(agentMutations.hello.input.encode(hello).host?.facts),
      })
      .where('id', '=', certifiedId)
      .where('kind', '=', hello.kind)
      .where('revokedAt', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (agent === undefined) throw refused();
    return agent;
  }

  #endAll(reason: string): void {
    for (const session of this.#sessions.values()) session.close(reason);
  }

  #endSilent(): void {
    const timeoutSeconds = this.#platform.settings.get('ping.timeout');
    for (const session of this.#sessions.values()) {
      // Nobody is silent whose next sign of life is not due yet.
      const longestSeconds = Math.max(timeoutSeconds, 1.5 * session.heartbeatSeconds);
      if (session.silence > longestSeconds * 1000)
        session.close(`silent for ${Math.round(session.silence / 1000)} s`);
    }
  }

  /** What agents report may come twice, and is taken in as often. @returns what each listener answers */
  #each<Answer>(
    call: (listener: AgentListener) => Promise<Answer> | undefined,
  ): Promise<(Answer | undefined)[]> {
    return Promise.all(this.#listeners.map((listener) => retryDeadlocks(async () => call(listener))));
  }

  #countSessions(): void {
    const count = { HOST: 0, STORAGE: 0 };
    for (const { kind } of this.#sessions.values()) count[kind]++;
    for (const kind of ['HOST', 'STORAGE'] as const)
      this.#platform.metrics.agentsConnected.set({ kind }, count[kind]);
  }

  /** What the agent is told: our own errors in full, of others only that there was one. */
  #refusal(name: string, error: unknown): GraphQLError {
    if (error instanceof GraphQLError) return error;
    if (error instanceof PlatformError)
      return new GraphQLError(error.message, { extensions: { code: error.code } });
    this.#platform.log.error({ err: error, operation: name }, 'agent report could not be handled');
    return new GraphQLError('internal error', { extensions: { code: 'INTERNAL' } });
  }
}

function sessionOf({ session }: AgentConnection): AgentSession {
  if (session === undefined) throw new GraphQLError('say hello first');
  return session;
}
