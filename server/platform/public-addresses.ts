/** Addresses by which others reach this cloud: browsers the console and the API, agents the agent port. */
export class PublicAddresses {
  readonly #options: { publicUrl: string; listen: string; agentUrl: string; agentListen: string };
  /** Port of the console and the API, once it is known. */
  httpPort = 0;
  /** Port of the agents, once it is known. */
  agentPort = 0;

  /**
   * @param options `publicUrl` and `agentUrl` are what was configured, empty if nothing was; the others are where the
   * two ports listen
   */
  constructor(options: { publicUrl: string; listen: string; agentUrl: string; agentListen: string }) {
    this.#options = options;
  }

  /** `https://cloud.example.com` */
  get console(): string {
    const { publicUrl, listen } = this.#options;
    return publicUrl === '' ? `http://${bracketed(listen)}:${this.httpPort}` : new URL(publicUrl).origin;
  }

  /** The name or address in {@link console}. */
  get hostOfConsole(): string {
    return new URL(this.console).hostname.replace(/^\[|\]$/g, '');
  }

  /**
   * `wss://cloud.example.com:8250`: what was configured; else the console's name; else the address that the port
   * listens on; and if it listens on all, this machine's own address on the way to the host.
   */
  agentsFrom(ownAddress: string): string {
    const { publicUrl, agentUrl, agentListen } = this.#options;
    if (agentUrl !== '') return agentUrl;
    const name = publicUrl === '' ? '' : new URL(publicUrl).hostname;
    const listening = everyAddress.has(agentListen) ? ownAddress : agentListen;
    const host = name === '' || isLoopback(name) ? bracketed(listening) : name;
    return `wss://${host}:${this.agentPort}`;
  }
}

const everyAddress = new Set(['0.0.0.0', '::']);

/** Whether an address or name is of the machine that it is said on, wherever that is. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?|::ffff:127(\.\d+){3})$/.test(host);
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
