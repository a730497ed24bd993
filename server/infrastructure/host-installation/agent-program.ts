import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentBundle } from './agent-bundle.ts';
import { quoted, type SshSession } from './ssh-session.ts';

/**
 * The agent on a host. `/opt/nephos/agent-<build>` holds a program, `/opt/nephos/node-<version>` what runs it, and
 * `/opt/nephos/current` is the program that is to run; `/etc/nephos` holds its settings, `/var/lib/nephos-agent` what
 * it writes. How it is run says `scripts/agent-service.sh`.
 */

export const agentService = readFileSync(path.join(import.meta.dirname, 'scripts/agent-service.sh'), 'utf8');

const program = '/opt/nephos';
const settings = '/etc/nephos';
const state = '/var/lib/nephos-agent';
const tokenFile = `${settings}/token`;

/** Folder of a program below {@link program}. */
export const buildFolder = (bundle: Pick<AgentBundle, 'id'>) => `agent-${bundle.id}`;

export interface AgentSettings {
  serverUrl: string;
  /** The host's own when null. */
  name: string | null;
  libvirtSocket: string;
}

/** Lines that both systemd and a shell read. No value holds a quote: names and addresses are checked when they come in. */
export function settingsFile({ serverUrl, name, libvirtSocket }: AgentSettings): string {
  const values = {
    NEPHOS_SERVER_URL: serverUrl,
    NEPHOS_AGENT_FOLDER: state,
    NEPHOS_ENROLMENT_TOKEN_FILE: tokenFile,
    NEPHOS_LIBVIRT_SOCKET: libvirtSocket,
    ...(name !== null && { NEPHOS_AGENT_NAME: name }),
  };
  return Object.entries(values)
    .map(([variable, value]) => `${variable}=${quoted(value)}\n`)
    .join('');
}

/**
 * Marks the machine as an agent's. Of two that come at once one is refused.
 * @throws PlatformError HOST_UNFIT when it is another's
 */
export async function claimMachine(session: SshSession, agentId: string): Promise<void> {
  await session.succeed(
    'claiming the machine',
    `umask 077
    mkdir -p ${settings}
    ( set -C; echo ${quoted(agentId)} >${settings}/installation ) 2>/dev/null
    owner=$(cat ${settings}/installation)
    [ "$owner" = ${quoted(agentId)} ] || { echo "another Nephos agent is installed there ($owner)" >&2; exit 1; }`,
  );
}

/** Brings a build and its Node there, beside what is there; what is there already is not sent again. */
export async function sendProgram(
  session: SshSession,
  bundle: AgentBundle,
  progress: (percent: number, detail: string) => void,
): Promise<void> {
  const { node } = bundle;
  const folder = `${program}/${buildFolder(bundle)}`;
  const runtime = `${program}/node-${node.version}`;
  const [nodeHash, programHash] = (
    await session.succeed(
      'making folders',
      `umask 022
      mkdir -p ${folder} ${runtime}
      for file in ${runtime}/node ${folder}/nephos-agent.mjs; do
        if [ -f $file ]; then sha256sum <$file | cut -d' ' -f1; else echo absent; fi
      done`,
    )
  ).split('\n');
  if (nodeHash !== node.sha256) {
    progress(10, `sending Node ${node.version}`);
    await session.write(`${runtime}/node`, () => createReadStream(node.path), '755');
  }
  progress(90, `sending agent ${bundle.id}`);
  if (programHash !== bundle.programSha256)
    await session.write(`${folder}/nephos-agent.mjs`, bundle.program, '644');
  await session.write(`${folder}/agent-service.sh`, agentService, '755');
  await session.succeed('linking Node', `ln -sfn ../node-${node.version}/node ${folder}/node`);
}

/** Writes the agent's settings, and its token into a file that only root reads. */
export async function sendSettings(
  session: SshSession,
  agentSettings: AgentSettings,
  token: string,
): Promise<void> {
  await session.succeed('making folders', `umask 077; mkdir -p ${settings} ${state}`);
  await session.write(`${settings}/agent.env`, settingsFile(agentSettings), '600');
  await session.write(tokenFile, `${token}\n`, '600');
}

/** The token was used, or is not to be used any more. */
export async function removeToken(session: SshSession): Promise<void> {
  await session.succeed('removing the token', `rm -f ${tokenFile}`);
}

/** The folder of the build that is to run there; empty when none is. */
export async function currentBuild(session: SshSession): Promise<string> {
  const target = await session.succeed(
    'looking for the agent',
    `readlink ${program}/current 2>/dev/null || true`,
  );
  return target.trim();
}

/** Has a build run, instead of another if there was one. Machines do not notice. */
export async function runBuild(session: SshSession, folder: string): Promise<void> {
  await session.succeed(
    'starting the agent',
    `ln -sfn ${quoted(folder)} ${program}/current.new &&
    mv -T ${program}/current.new ${program}/current &&
    sh ${program}/current/agent-service.sh start`,
  );
}

export async function stopAgent(session: SshSession): Promise<void> {
  await session.succeed(
    'stopping the agent',
    `[ ! -e ${program}/current/agent-service.sh ] || sh ${program}/current/agent-service.sh stop`,
  );
}

/** What the agent said last. */
export async function agentLog(session: SshSession): Promise<string> {
  const { output } = await session.script(`sh ${program}/current/agent-service.sh log`);
  return output.trim();
}

/** Removes the builds that do not run, and Nodes that none needs. */
export async function removeOldBuilds(session: SshSession): Promise<void> {
  await session.succeed(
    'removing old agents',
    `cd ${program}
    for folder in agent-*; do
      [ "$folder" = "$(readlink current)" ] || rm -rf "$folder"
    done
    for folder in node-*; do
      [ "$(readlink current/node)" = "../$folder/node" ] || rm -rf "$folder"
    done`,
  );
}

/**
 * Takes the agent off the machine, with all that it made for guests' networks, if it is this one or none that is
 * known; another's is left alone. Disks of machines stay.
 * @returns whether there was anything to be removed
 */
export async function uninstallAgent(session: SshSession, agentId: string): Promise<boolean> {
  const owner = (
    await session.succeed('looking for the agent', `cat ${settings}/installation 2>/dev/null || true`)
  ).trim();
  if (owner !== agentId) return false;
  // From here, not from there: what is installed may be half of it.
  await session.succeed('removing the agent', `set -- uninstall\n${agentService.replace(/^#!.*\n/, '')}`);
  return true;
}

/** What takes an agent off its machine, for somebody who sits before it. */
export const removalCommand = `sh ${program}/current/agent-service.sh uninstall`;
