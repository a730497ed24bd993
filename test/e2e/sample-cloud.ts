import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerIso, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
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
  await deploy(admin, { ...choice, name: 'web-1' });
  await deploy(admin, { ...choice, name: 'fail-at-start' });
  await admin.ask(
    'mutation ($input: CreateAffinityGroupInput!) { createAffinityGroup(input: $input) { affinityGroup { id } } }',
    { input: { name: 'spread', kind: 'HOST_ANTI_AFFINITY', enforcement: 'SOFT' } },
  );
  await admin.ask(
    'mutation ($input: CreateSshKeyPairInput!) { createSshKeyPair(input: $input) { sshKeyPair { id } } }',
    { input: { name: 'laptop' } },
  );
  await admin.ask('mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }', {
    input: { name: 'Careful', accountType: 'USER', rules: [{ pattern: '*.list', effect: 'ALLOW' }] },
  });
  await admin.ask(
    'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }',
    { input: { name: 'web-shop', displayText: 'Sells things' } },
  );
  return {
    product,
    admin,
    async [Symbol.asyncDispose]() {
      await admin.close();
      await product.stop({ machines: 'destroy' });
    },
  };
}
