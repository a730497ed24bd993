import { connectDatabase } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { openDataFolder } from '../../scripts/launch/data-folder.ts';
import { reachDatabase } from '../../scripts/launch/reach-database.ts';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { unmanage } from '../support/foreign-machines.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy, registerIso, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import { makeThings, type TwoFactorUser } from './sample-things.ts';
import { createZone, mustSucceed } from './zones.ts';

/** A running product on simulated hosts, with something of everything that the console shows. */
export interface SampleCloud extends AsyncDisposable {
  product: Product;
  admin: ApiClient;
  /** A customer who takes part in a project. */
  acme: TwoFactorUser;
}

export async function startSampleCloud(): Promise<SampleCloud> {
  const product = await startProduct({ driver: 'simulator', env: { NEPHOS_SIMULATED_HOSTS: '2' } });
  const admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder, 2);
  const hostId = await emptyHost(admin);
  const networkId = await writeByHand(product, zoneId, hostId);
  const templateId = await registerTemplate(admin, zoneId);
  await registerIso(admin, zoneId);
  const choice = { zoneId, templateId, serviceOfferingId: await serviceOfferingId(admin) };
  const { machine } = await deploy(admin, { ...choice, name: 'web-1' });
  await deploy(admin, { ...choice, name: 'fail-at-start' });
  const left = await deploy(admin, { ...choice, name: 'left-alone' });
  await unmanage(admin, left.machine.id);
  await makeStopped(admin, { ...choice, name: 'web-2' }, networkId);
  const acme = await makeThings(admin, product.url, machine.id);
  return {
    product,
    admin,
    acme,
    async [Symbol.asyncDispose]() {
      await admin.close();
      await product.stop({ machines: 'destroy' });
    },
  };
}

/** Has a host in maintenance. @returns its id */
async function emptyHost(admin: ApiClient): Promise<string> {
  const { hosts } = await admin.ask<{ hosts: { nodes: { id: string }[] } }>(
    '{ hosts(first: 2) { nodes { id } } }',
  );
  const { id } = hosts.nodes.at(-1)!;
  const { prepareHostForMaintenance } = await admin.ask<{
    prepareHostForMaintenance: { job: { id: string } };
  }>('mutation ($id: ID!) { prepareHostForMaintenance(input: { id: $id }) { job { id } } }', { id });
  mustSucceed('maintenance', await followJob(admin, prepareHostForMaintenance.job.id));
  return id;
}

/**
 * What neither the API nor the simulator makes: another network, and a host whose agent can be upgraded.
 *
 * @returns the network's id
 */
async function writeByHand(product: Product, zoneId: string, hostId: string): Promise<string> {
  const { url } = await reachDatabase(openDataFolder(product.dataFolder));
  const { db, close } = connectDatabase({ url, maxConnections: 1, applicationName: 'sample' });
  try {
    await db
      .updateTable('Host')
      .set({ hypervisor: 'KVM' })
      .where('id', '=', parseId('Host', hostId))
      .execute();
    return await aSecondNetwork(db, zoneId);
  } finally {
    await close();
  }
}

/** A machine with two network cards that does not run. */
async function makeStopped(
  admin: ApiClient,
  input: Record<string, unknown>,
  networkId: string,
): Promise<void> {
  const { id } = (await deploy(admin, input)).machine;
  mustSucceed('stopping', await change(admin, 'stopVirtualMachine', { id }));
  await admin.ask('mutation ($input: AttachNicInput!) { attachNic(input: $input) { __typename } }', {
    input: { id, networkId },
  });
}
