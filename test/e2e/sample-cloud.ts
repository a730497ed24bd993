import { type ApiClient, signIn } from '../support/api-client.ts';
import { unmanage } from '../support/foreign-machines.ts';
import { deploy, registerIso, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { makeThings } from './sample-things.ts';
import { createZone } from './zones.ts';

/** A running product on simulated hosts, with something of everything that the console shows. */
export interface SampleCloud extends AsyncDisposable {
  product: Product;
  admin: ApiClient;
}

export async function startSampleCloud(): Promise<SampleCloud> {
  const product = await startProduct({ driver: 'simulator' });
  const admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const templateId = await registerTemplate(admin, zoneId);
  await registerIso(admin, zoneId);
  const choice = { zoneId, templateId, serviceOfferingId: await serviceOfferingId(admin) };
  const { machine } = await deploy(admin, { ...choice, name: 'web-1' });
  await deploy(admin, { ...choice, name: 'fail-at-start' });
  const left = await deploy(admin, { ...choice, name: 'left-alone' });
  await unmanage(admin, left.machine.id);
  await makeThings(admin, product.url, machine.id);
  return {
    product,
    admin,
    async [Symbol.asyncDispose]() {
      await admin.close();
      await product.stop({ machines: 'destroy' });
    },
  };
}
