import type { Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { change, deployMutation, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { hostIdsOf, mutate, placeOf, runMachine } from '../support/placement.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;
let hostIds: Id<'Host'>[];
let region: Id<'Domain'>;
let inside: Tenant;
let outside: Tenant;
let hardware: Tenant;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  hostIds = [...(await hostIdsOf(server.db, zone.zoneId)).values()];
  region = await aDomain(server.db, 'region');
  inside = await aTenant(server, 'inside', { domainId: await aDomain(server.db, 'customer', region) });
  outside = await aTenant(server, 'outside');
  hardware = await aTenant(server, 'hardware', { role: roleId('Resource Admin') });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const machine = () => ({
  name: `vm-${++made}`,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId,
});
const run = (tenant: Tenant) => runMachine(tenant.client, server.db, machine());
const expunge = async (id: string) => {
  await change(server.admin, 'destroyVirtualMachine', { id });
  await change(server.admin, 'expungeVirtualMachine', { id });
};

type Kind = 'Host' | 'Cluster' | 'Pod';

const dedicate = (
  kind: Kind,
  id: string,
  whom: Record<string, unknown>,
  client: ApiClient = hardware.client,
) =>
  mutate(
    client,
    `dedicate${kind}`,
    `${kind.toLowerCase()} { isDedicated dedicatedDomain { id } dedicatedAccount { id } }`,
    { id, ...whom },
  );

const dedicateMutation = (kind: Kind) =>
  `mutation ($input: Dedicate${kind}Input!) { dedicate${kind}(input: $input) { ${kind.toLowerCase()} { id } } }`;

describe('a host that is reserved', () => {
  test('gets no machine of others, and those of its owner first', async () => {
    expect(await dedicate('Host', hostIds[0]!, { domainId: region })).toEqual({
      host: { isDedicated: true, dedicatedDomain: { id: region }, dedicatedAccount: null },
    });
    const [theirs, mine] = [await run(outside), await run(outside)];
    expect([theirs.hostId, mine.hostId]).toEqual([hostIds[1], hostIds[1]]);
    const own = [await run(inside), await run(inside), await run(inside)];
    expect(own.map(({ hostId }) => hostId)).toEqual([hostIds[0], hostIds[0], hostIds[0]]);
    const onTarget = { ...machine(), accountId: outside.accountId, hostId: hostIds[0] };
    expect(await refusalOf(server.admin, deployMutation, { input: onTarget })).toMatchObject({
      code: 'INSUFFICIENT_CAPACITY',
    });
    for (const { id } of [theirs, mine, ...own]) await expunge(id);
    await dedicate('Host', hostIds[0]!, {});
  });

  test('is where nobody starts who ran there before', async () => {
    const { id, hostId } = await run(outside);
    await change(outside.client, 'stopVirtualMachine', { id });
    await dedicate('Host', hostId!, { account: { accountId: inside.accountId } }, server.admin);
    await change(outside.client, 'startVirtualMachine', { id });
    expect((await placeOf(server.db, id)).hostId).toBe(hostIds.find((other) => other !== hostId));
    await dedicate('Host', hostId!, {});
    await expunge(id);
  });

  test('is empty of others, and never both, however the two meet', async () => {
    const { id, hostId } = await run(outside);
    const refused = { input: { id: hostId, domainId: region } };
    expect(await refusalOf(hardware.client, dedicateMutation('Host'), refused)).toMatchObject({
      code: 'RESOURCE_IN_USE',
      message: expect.stringContaining('others have 1 machines and 0 disks in host') as string,
    });
    await expunge(id);
    for (let round = 0; round < 5; round++) {
      const [deployed, dedicated] = await Promise.allSettled([
        runMachine(server.admin, server.db, {
          ...machine(),
          accountId: outside.accountId,
          hostId: hostIds[0],
        }),
        dedicate('Host', hostIds[0]!, { domainId: region }),
      ]);
      expect([deployed.status, dedicated.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
      if (deployed.status === 'fulfilled') await expunge(deployed.value.id);
      await dedicate('Host', hostIds[0]!, {});
    }
  });
});

describe.each(['Cluster', 'Pod'] as const)('a %s that is reserved', (kind) => {
  test('is not used by others, nor reserved while they have something there', async () => {
    const { id } = await server.db.selectFrom(kind).select('id').executeTakeFirstOrThrow();
    const before = await run(outside);
    await change(outside.client, 'stopVirtualMachine', { id: before.id });
    const refused = { input: { id, account: { accountId: inside.accountId } } };
    expect(await refusalOf(server.admin, dedicateMutation(kind), refused)).toMatchObject({
      code: 'RESOURCE_IN_USE',
    });
    await expunge(before.id);
    await dedicate(kind, id, { account: { accountId: inside.accountId } }, server.admin);
    expect(await refusalOf(outside.client, deployMutation, { input: machine() })).toMatchObject({
      code: 'INSUFFICIENT_CAPACITY',
    });
    const own = await run(inside);
    expect(own.hostId).not.toBeNull();
    await expunge(own.id);
    expect(await dedicate(kind, id, {})).toMatchObject({ [kind.toLowerCase()]: { isDedicated: false } });
    await expunge((await run(outside)).id);
  });
});

test('a place is reserved for one of the two', async () => {
  const input = { id: hostIds[0], domainId: region, account: { accountId: inside.accountId } };
  expect(await refusalOf(server.admin, dedicateMutation('Host'), { input })).toMatchObject({
    code: 'VALIDATION_FAILED',
  });
});
