import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { followJob } from '../support/jobs.ts';
import { registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, startProduct, type Product } from '../support/product.ts';
import { createZoneMutation, zoneInput } from '../support/zone.ts';

/** A running product with simulated hosts, a zone and a template. */
export interface Cloud extends AsyncDisposable {
  product: Product;
  admin: ApiClient;
  /** What every new machine is given, but for its name. */
  machine: { zoneId: string; serviceOfferingId: string; templateId: string };
  /** A number that the server shows at `/metrics`, summed over its labels. */
  metric(name: string): Promise<number>;
}

/** @param hosts how many, each with 32 cores and 128 GiB */
export async function startCloud(hosts: number): Promise<Cloud> {
  const product = await startProduct({
    driver: 'simulator',
    env: { NEPHOS_SIMULATED_HOSTS: String(hosts), NEPHOS_LOG_LEVEL: 'warn' },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-bench-'));
  const end = async () => {
    await product.stop({ machines: 'destroy' });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const admin = await signIn(product.url, 'admin', adminPassword);
    await untilAgentsAreFree(admin, hosts);
    // Room for all machines of the longest run.
    const guestRange = {
      cidr: '10.1.0.0/16',
      gateway: '10.1.0.1',
      startIp: '10.1.1.1',
      endIp: '10.1.32.250',
    };
    const input = await zoneInput(admin, folder, { guestRange });
    const { createZone } = await admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
      createZoneMutation,
      { input },
    );
    const job = await followJob(admin, createZone.job.id);
    if (job.status !== 'SUCCEEDED') throw new Error(`zone was not made: ${JSON.stringify(job.error)}`);
    const zoneId = createZone.zone.id;
    return {
      product,
      admin,
      machine: {
        zoneId,
        serviceOfferingId: await serviceOfferingId(admin),
        templateId: await registerTemplate(admin, zoneId),
      },
      async metric(name) {
        const text = await (await fetch(`${product.url}/metrics`)).text();
        const lines = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
        return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
      },
      async [Symbol.asyncDispose]() {
        await admin.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function untilAgentsAreFree(admin: ApiClient, hosts: number): Promise<void> {
  const query = `{
    hosts: agents(filter: { kind: HOST, isFree: true }) { totalCount }
    storage: agents(filter: { kind: STORAGE }) { nodes { isConnected } }
  }`;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const { hosts: found, storage } = await admin.ask<{
      hosts: { totalCount: number };
      storage: { nodes: { isConnected: boolean }[] };
    }>(query);
    if (found.totalCount >= hosts && storage.nodes.some(({ isConnected }) => isConnected)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the agents of ${hosts} hosts did not come`);
}
