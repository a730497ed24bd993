import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import { agentBundle } from './agent-bundle.ts';
import { agentService } from './agent-program.ts';
import { architecture } from './examine-host.ts';
import { quoted } from './ssh-session.ts';

const template = readFileSync(path.join(import.meta.dirname, 'scripts/install-by-hand.sh'), 'utf8');

/** What a host fetches that is installed by hand, by the last part of its path. */
export type AgentDownload = 'install.sh' | 'agent-service.sh' | 'nephos-agent.mjs' | 'node';

/** A command that makes a machine a host without SSH, and what that command fetches. */
export class HandInstallation {
  readonly #addresses: PublicAddresses;

  constructor(addresses: PublicAddresses) {
    this.#addresses = addresses;
  }

  /**
   * One line for a terminal on the host. It holds the token, which goes through a pipe into a file of root's, and the
   * hash of what it runs, which holds the hashes of all the rest.
   */
  async commandFor(token: string): Promise<string> {
    const script = await this.#script();
    const steps = [
      'set -e',
      'umask 077',
      'd=$(mktemp -d)',
      '{ printf "Authorization: Bearer "; cat; } >$d/header',
      `curl -fsS -H @$d/header -o $d/install.sh ${this.#addresses.console}/agent/install.sh`,
      `echo "${sha256(script)}  $d/install.sh" | sha256sum --check --quiet`,
      'exec sh $d/install.sh $d',
    ];
    // Who is root already may have no sudo.
    const root = '$([ "$(id -u)" = 0 ] || echo sudo)';
    return `printf %s ${quoted(token)} | ${root} sh -c ${quoted(steps.join('; '))}`;
  }

  async open(name: AgentDownload): Promise<{ size: number | undefined; content: Readable }> {
    const bundle = await agentBundle();
    const text = (content: string | Buffer) => {
      const bytes = Buffer.from(content);
      return { size: bytes.length, content: Readable.from([bytes]) };
    };
    switch (name) {
      case 'install.sh':
        return text(await this.#script());
      case 'agent-service.sh':
        return text(agentService);
      case 'nephos-agent.mjs':
        return text(bundle.program);
      case 'node':
        return { size: undefined, content: createReadStream(bundle.node.path) };
    }
  }

  async #script(): Promise<string> {
    const { id, programSha256, node } = await agentBundle();
    const { console, hostOfConsole } = this.#addresses;
    const values: Record<string, string> = {
      console,
      agents: this.#addresses.agentsFrom(hostOfConsole),
      architecture,
      build: id,
      nodeVersion: node.version,
      nodeSha256: node.sha256,
      programSha256,
      serviceSha256: sha256(agentService),
    };
    return template.replaceAll(/@(\w+)@/g, (mark, name: string) => values[name] ?? mark);
  }
}

/** Whether the last part of a path names a download. */
export function isAgentDownload(name: string): name is AgentDownload {
  return ['install.sh', 'agent-service.sh', 'nephos-agent.mjs', 'node'].includes(name);
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
