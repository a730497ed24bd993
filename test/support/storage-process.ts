import { ProductProcess } from './child-process.ts';

/** A storage agent in a process of its own, that can be killed. */
export class StorageProcess {
  readonly #env: Record<string, string>;
  #process: ProductProcess | undefined;

  constructor(options: { serverUrl: string; folder: string; tokenFile: string }) {
    this.#env = {
      NEPHOS_AGENT_NAME: 'storage',
      NEPHOS_SERVER_URL: options.serverUrl,
      NEPHOS_AGENT_FOLDER: options.folder,
      NEPHOS_ENROLMENT_TOKEN_FILE: options.tokenFile,
    };
  }

  /** Starts the process, again after {@link kill}; resolves when it is connected. */
  async launch(): Promise<void> {
    this.#process = new ProductProcess('agents/storage/main.ts', this.#env);
    await this.#process.logged(({ msg }) => msg === 'connected to the server');
  }

  /** Ends the process without a word. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }
}
