import { protocolVersion } from '@nephos/agent-protocol/reports.ts';
import { Agent } from '@nephos/agent-runtime/agent.ts';
import type { CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { Logger } from 'pino';
import {
  attachStore,
  deleteImage,
  detachStore,
  downloadImage,
  findImage,
  findStore,
  hasImage,
} from './image-store.ts';

export const softwareVersion = '0.1.0';

export interface StorageAgentOptions {
  name: string;
  serverUrl: string;
  folder: string;
  tokenFile: string;
  log: Logger;
}

const handlers: CommandHandlers = {
  'store.attach': {
    run: ({ path }) => attachStore(path),
    observe: ({ path }) => findStore(path),
  },
  'store.detach': {
    run: async ({ path }) => {
      await detachStore(path);
      return {};
    },
    // It leaves a directory that is not empty: seeing one tells nothing, and doing it again harms nothing.
    observe: () => Promise.resolve(null),
  },
  'image.download': {
    run: (payload, context) => downloadImage(payload, context),
    observe: (payload) => findImage(payload),
  },
  'image.delete': {
    run: async (payload) => {
      await deleteImage(payload);
      return {};
    },
    observe: async (payload) => ((await hasImage(payload)) ? null : {}),
  },
};

/** The agent that fetches and keeps templates and ISOs. */
export function startStorageAgent(options: StorageAgentOptions): Promise<Agent> {
  return Agent.start({
    ...options,
    kind: 'STORAGE',
    commands: handlers,
    requests: {},
    hello: () =>
      Promise.resolve({
        protocol: protocolVersion,
        softwareVersion,
        kind: 'STORAGE',
        name: options.name,
        host: null,
      }),
  });
}
