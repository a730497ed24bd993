import path from 'node:path';
import type { ApiClient } from '../support/api-client.ts';
import type { MachineView } from '../support/machines.ts';
import { type Product, startProduct } from '../support/product.ts';
import type { WebFiles } from '../support/web-files.ts';
import type { Holdings, Hypervisor } from './hypervisor.ts';
import type { LiveView } from './live-view.ts';

export interface TutorialOptions {
  driver: 'libvirt' | 'simulator';
  /** Whether the data folder stays when it is over. */
  keepsData: boolean;
  /** Whether system packages may be installed. */
  mayInstall: boolean;
}

/** What the steps have made so far. A step finds here what those before it have set. */
export class World implements AsyncDisposable {
  readonly options: TutorialOptions;
  #starting: Promise<Product> | undefined;
  product!: Product;
  admin!: ApiClient;
  /** Cursor of the change feed before anything was done. */
  beginning!: string;
  live!: LiveView;
  /** On the libvirt driver. */
  hypervisor!: Hypervisor;
  /** What that libvirt had before anything was done. */
  before!: Holdings;
  agentIds!: { host: string; storage: string };
  zoneId!: string;
  web!: WebFiles & { isoSha256: string };
  isoId!: string;
  serviceOfferingId!: string;
  /** The machine that is installed from the ISO. */
  installed!: MachineView;
  templateId!: string;
  /** The machines made from the template. */
  first!: MachineView;
  second!: MachineView;
  /** How often each machine's guest had booted when its page was last read, by machine id. */
  readonly boots = new Map<string, number>();
  /** Every disk that there was, for the usage records. */
  readonly volumeIds = new Set<string>();

  constructor(options: TutorialOptions) {
    this.options = options;
  }

  get isSimulated(): boolean {
    return this.options.driver === 'simulator';
  }

  /** Where everything is kept, once Nephos was started. */
  get dataFolder(): string | undefined {
    return (this.product as Product | undefined)?.dataFolder;
  }

  /** Folders of the zone's storage. */
  get folders(): { primary: string; images: string } {
    const { dataFolder } = this.product;
    return { primary: path.join(dataFolder, 'primary'), images: path.join(dataFolder, 'images') };
  }

  /** Starts Nephos. When `signal` is aborted before it is ready, nothing of it is left. */
  async startProduct(signal: AbortSignal): Promise<void> {
    const { driver, mayInstall } = this.options;
    this.#starting = startProduct({ driver, signal, flags: mayInstall ? [] : ['--no-system'] });
    this.product = await this.#starting;
  }

  /** Stops Nephos, its machines, and all that was opened on it, if it was started. */
  async stopProduct(): Promise<void> {
    const product = await this.#starting?.catch(() => undefined);
    this.#starting = undefined;
    if (product === undefined) return;
    await (this.admin as ApiClient | undefined)?.close();
    await (this.hypervisor as Hypervisor | undefined)?.[Symbol.asyncDispose]();
    await product.stop({ machines: 'destroy', data: this.options.keepsData ? 'keep' : 'remove' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.web as WebFiles | undefined)?.[Symbol.asyncDispose]();
    await this.stopProduct();
  }
}
