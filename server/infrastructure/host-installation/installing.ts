import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { HostCheck } from '@nephos/model/shapes/host-check.ts';
import { z } from 'zod';
import type { AgentGateway } from '../../agent-gateway/agent-gateway.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';
import { agentLog, removalCommand } from './agent-program.ts';
import type { HostAccess } from './host-access.ts';
import { checkOfFailure } from './host-checks.ts';
import { SshFailure } from './ssh-failure.ts';
import type { SshSession } from './ssh-session.ts';

/** What is needed to work on hosts over SSH. */
export interface InstallingDeps {
  platform: Platform;
  gateway: AgentGateway;
  access: HostAccess;
  addresses: PublicAddresses;
}

const helloMs = 120_000;
const lookMs = 300;
const longestDetail = 500;

/** Where a host is entered; what proves the user is kept by {@link HostAccess} alone. */
export const sshAddress = z.object({
  address: z.string(),
  port: z.int(),
  username: z.string(),
  /** `SHA256:…` that it must show; null: whatever it shows at first. */
  hostKey: z.string().nullable(),
});
export type SshAddressInput = z.output<typeof sshAddress>;

interface Entering {
  hostId: Id<'Host'>;
  ssh: SshAddressInput;
}

/** Names of the bridges that a zone's physical networks are on. */
export async function bridgesOf(db: Database, zoneId: Id<'Zone'>): Promise<string[]> {
  const rows = await db
    .selectFrom('PhysicalNetworkTraffic')
    .innerJoin('PhysicalNetwork', 'PhysicalNetwork.id', 'PhysicalNetworkTraffic.physicalNetworkId')
    .select('label')
    .distinct()
    .where('PhysicalNetwork.zoneId', '=', zoneId)
    .where('trafficType', '=', 'GUEST')
    .orderBy('label')
    .execute();
  return rows.map(({ label }) => label);
}

/** Signs in, does something as root, and leaves. @throws SshFailure, and what the work throws */
export async function onHost<Result>(
  { access }: InstallingDeps,
  { hostId, ssh }: Entering,
  hostKey: string | null,
  signal: AbortSignal,
  work: (session: SshSession) => Promise<Result>,
): Promise<Result> {
  await using session = await access.enter(hostId, ssh, hostKey, signal);
  return await work(session);
}

/**
 * For the way back: cleans a host up. One that cannot be entered any more keeps what is there, since nothing there is
 * of use without its agent's certificate; people are told how to remove it.
 */
export async function cleanUp(
  deps: InstallingDeps,
  run: {
    input: Entering;
    signal: AbortSignal;
    progress(percent: number, detail: string): void;
  },
  hostKey: string | null,
  work: (session: SshSession) => Promise<unknown>,
): Promise<void> {
  try {
    await onHost(deps, run.input, hostKey, run.signal, work);
  } catch (error) {
    if (!(error instanceof SshFailure)) throw error;
    deps.platform.log.warn({ err: error, hostId: run.input.hostId }, 'host could not be cleaned');
    run.progress(100, `not cleaned: ${error.message}; run there: ${removalCommand}`.slice(0, longestDetail));
  }
}

/**
 * The first step of all work on a host: it shows its key and lets the user in.
 * @throws SshFailure, which is the one check that is shown then
 */
export async function connect(
  deps: InstallingDeps,
  run: { input: Entering; signal: AbortSignal; progress(percent: number, detail: string): void },
): Promise<{ hostKey: string }> {
  const { hostId, ssh } = run.input;
  try {
    const hostKey = await onHost(deps, run.input, ssh.hostKey, run.signal, (session) =>
      Promise.resolve(session.hostKey),
    );
    run.progress(100, `${ssh.hostKey === null ? 'pinned' : 'found'} the host key ${hostKey}`);
    return { hostKey };
  } catch (error) {
    if (error instanceof SshFailure) await deps.access.tell(hostId, [checkOfFailure(error)]);
    throw error;
  }
}

/** What a person reads beside a step: how many checks passed, and what is not as it should be. */
export function summaryOf(checks: readonly HostCheck[]): string {
  const warnings = checks.filter(({ outcome }) => outcome === 'WARNING');
  const passed = `${checks.length - warnings.length} of ${checks.length} checks passed`;
  return [passed, ...warnings.map(({ found }) => found)].join('; ').slice(0, longestDetail);
}

/** When the agent last said hello; null when it is not connected, or never was. RFC 3339. */
export async function lastHello({ platform }: InstallingDeps, agentId: Id<'Agent'>): Promise<string | null> {
  const connection = await platform.db
    .selectFrom('AgentConnection')
    .innerJoin('Agent', 'Agent.id', 'AgentConnection.agentId')
    .select('connectedAt')
    .where('agentId', '=', agentId)
    .where('facts', 'is not', null)
    .where(isAliveServer('AgentConnection.serverId'))
    .executeTakeFirst();
  return connection?.connectedAt.toISOString() ?? null;
}

/**
 * Waits until the agent says hello, once more than it had.
 * @param before what {@link lastHello} said before it was started
 * @throws PlatformError TIMEOUT with what the agent said last
 */
export async function untilHello(
  deps: InstallingDeps,
  agentId: Id<'Agent'>,
  before: string | null,
  session: SshSession,
  signal: AbortSignal,
): Promise<void> {
  for (const deadline = performance.now() + helloMs; performance.now() < deadline;) {
    const hello = await lastHello(deps, agentId);
    if (hello !== null && hello !== before) return;
    await sleep(lookMs, undefined, { signal });
  }
  const said = (await agentLog(session)).split('\n').slice(-3).join(' | ');
  throw new PlatformError('TIMEOUT', `the agent did not report within ${helloMs / 1000} s`, {
    cause: new Error(said === '' ? 'it has said nothing' : `it said: ${said}`),
    remedy: 'see what the agent says, and that the machine reaches the server’s agent port',
  });
}
