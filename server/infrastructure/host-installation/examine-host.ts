import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HostCheck } from '@nephos/model/shapes/host-check.ts';
import { PlatformError } from '../../platform/errors.ts';
import { isLoopback, type PublicAddresses } from '../../platform/public-addresses.ts';
import { judge, readProbe, type Wanted } from './host-checks.ts';
import { quoted, type SshSession } from './ssh-session.ts';

const probe = readFileSync(path.join(import.meta.dirname, 'scripts/probe.sh'), 'utf8');

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** `uname -m` of the machines that this server's own Node runs on. */
export const architecture = architectures[process.arch] ?? process.arch;

/** What was found on a machine. */
export interface Examined {
  checks: HostCheck[];
  hostname: string;
  /** Where the agent is to connect to. */
  serverUrl: string;
  /** libvirt's socket; empty when there is none. */
  libvirtSocket: string;
}

/**
 * Looks a machine over, and changes nothing there.
 * @throws SshFailure when the connection ends
 */
export async function examineHost(
  session: SshSession,
  addresses: PublicAddresses,
  wanted: Pick<Wanted, 'bridges' | 'agentId' | 'mustBeInstalled'>,
): Promise<Examined> {
  const serverUrl = addresses.agentsFrom(session.localAddress);
  const { hostname: serverHost, port } = new URL(serverUrl);
  const isElsewhere = isLoopback(serverHost) && !isLoopback(session.localAddress);
  const variables = `server_host=${isElsewhere ? '' : quoted(serverHost.replace(/^\[|\]$/g, ''))}\nserver_port=${port}\n`;
  const before = Date.now();
  const output = await session.succeed('looking the machine over', variables + probe);
  const facts = readProbe(output);
  if (facts === undefined) throw new PlatformError('HOST_UNFIT', 'the machine could not be looked over');
  const first = (name: string) => facts.get(name)?.[0] ?? '';
  // The time is the first thing that the probe tells, a moment after it was sent.
  const clockBehindMs = before - Number(first('now')) * 1000;
  return {
    checks: judge(facts, {
      ...wanted,
      clockBehindMs,
      serverUrl,
      isServerElsewhere: isElsewhere,
      architecture,
    }),
    hostname: first('hostname'),
    serverUrl,
    libvirtSocket: first('socket'),
  };
}

/**
 * Ends it if something that was looked at stands in the way.
 * @throws PlatformError HOST_UNFIT that names every failed check
 */
export function demandFit(address: string, checks: readonly HostCheck[]): void {
  const [first, ...others] = checks.filter(({ outcome }) => outcome === 'FAILED');
  if (first === undefined) return;
  const all = [first, ...others];
  throw new PlatformError(
    'HOST_UNFIT',
    `${address} is not fit to be a host: ${all.map(({ found }) => found).join('; ')}`,
    {
      remedy: all.map(({ remedy }) => remedy).join('; '),
      details: { check: first.name, failed: all.map(({ name }) => name) },
    },
  );
}
