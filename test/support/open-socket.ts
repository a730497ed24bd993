import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';

/** Within this time an open socket follows a change of rights. */
export const soonMs = 2000;

export interface OpenSocket {
  /** Code that the server closed the socket with. @throws Error when it is still open after `soonMs` */
  closed(): Promise<number>;
  isOpen(): boolean;
}

/** A socket of a client with a subscription that runs on until the server ends it. */
export async function openSocket(client: ApiClient): Promise<OpenSocket> {
  let code: number | undefined;
  const items = client.follow('subscription { virtualMachineChanged { operation } }');
  const ended = drain(items).catch((error: unknown) => {
    code = (error as { code?: number }).code ?? 0;
  });
  // One that is let in later has the rights of then.
  await Promise.race([ended, client.connected()]);
  if (code !== undefined) throw new Error(`the socket was closed at once: ${code}`);
  return {
    isOpen: () => code === undefined,
    async closed() {
      await Promise.race([ended, sleep(soonMs)]);
      if (code === undefined) throw new Error(`the socket is still open after ${soonMs} ms`);
      return code;
    },
  };
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
