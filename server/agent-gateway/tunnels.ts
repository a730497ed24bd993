import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../platform/errors.ts';

interface ExpectedTunnel {
  agentId: Id<'Agent'>;
  arrived: PromiseWithResolvers<Duplex>;
}

const waitMs = 10_000;

/** Byte streams that agents connect outward because they were asked to: a machine's screen, say. */
export class Tunnels {
  readonly #expected = new Map<string, ExpectedTunnel>();

  /**
   * Expects an agent to connect a stream, once `ask` had it do so.
   * @throws PlatformError TIMEOUT when it does not come, and whatever `ask` throws
   */
  async expect(agentId: Id<'Agent'>, ask: (tunnelId: string) => Promise<unknown>): Promise<Duplex> {
    const tunnelId = randomBytes(24).toString('base64url');
    const arrived = Promise.withResolvers<Duplex>();
    this.#expected.set(tunnelId, { agentId, arrived });
    const timer = setTimeout(() => {
      arrived.reject(new PlatformError('TIMEOUT', 'the host did not connect the stream in time'));
    }, waitMs);
    try {
      const [stream] = await Promise.all([arrived.promise, ask(tunnelId)]);
      return stream;
    } finally {
      clearTimeout(timer);
      this.#expected.delete(tunnelId);
    }
  }

  /** @returns whether this agent is expected to connect this tunnel */
  isExpected(tunnelId: string, agentId: string | undefined): boolean {
    return this.#expected.get(tunnelId)?.agentId === agentId && agentId !== undefined;
  }

  accept(tunnelId: string, stream: Duplex): void {
    const expected = this.#expected.get(tunnelId);
    if (expected === undefined) stream.destroy();
    else expected.arrived.resolve(stream);
  }
}
