import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '@nephos/model/kernel/configuration.ts';

/**
 * Where requests come from. Behind a reverse proxy that is what the proxy says in `X-Forwarded-For`; anybody can say
 * so, therefore it is believed of the proxies in `NEPHOS_TRUSTED_PROXIES` alone.
 */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies networks, separated by commas: `10.0.0.0/8, fd00::/8` @throws ConfigurationError */
  constructor(trustedProxies: string) {
    for (const part of trustedProxies.split(',').map((each) => each.trim())) {
      if (part !== '') this.#trust(part);
    }
  }

  /** The last address on the way here that is not a trusted proxy's; an IPv4 address never in its IPv6 form. */
  of({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let address = plain(socket.remoteAddress ?? '');
    // Several headers of one name come joined by commas; each proxy adds at the end whom it heard from.
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (this.#isTrusted(address)) {
      const next = plain(forwarded.pop()?.trim() ?? '');
      if (isIP(next) === 0) break;
      address = next;
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  #trust(network: string): void {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const longest = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (version === 0 || rest.length > 0 || prefix < 0 || prefix > longest) {
      throw new ConfigurationError(
        `NEPHOS_TRUSTED_PROXIES must be networks like 10.0.0.0/8, separated by commas; ${network} is none`,
      );
    }
    this.#trusted.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** A socket that listens on both protocols shows IPv4 clients as `::ffff:192.0.2.1`. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
