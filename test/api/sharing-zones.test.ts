import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiError, type ApiClient } from '../support/api-client.ts';
import {
  change,
  deploy,
  deployMutation,
  registerIso,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { joinProject, makeProject } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let offeringId: string;
let templateId: string;
let region: string;
let customer: string;
let inside: Tenant;
let outside: Tenant;
let hardware: Tenant;
let above: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  templateId = await registerTemplate(server.admin, zone.zoneId);
  const regionId = await aDomain(server.db, 'region');
  const customerId = await aDomain(server.db, 'customer', regionId);
  inside = await aTenant(server, 'inside', { domainId: customerId });
  outside = await aTenant(server, 'outside', { domainId: await aDomain(server.db, 'elsewhere') });
  above = await aTenant(server, 'above', { domainId: regionId, role: roleId('Domain Admin') });
  hardware = await aTenant(server, 'hardware', { role: roleId('Resource Admin') });
  [region, customer] = [regionId, customerId];
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const machine = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId,
  ...more,
});

const dedicateMutation = `mutation ($input: DedicateZoneInput!) {
  dedicateZone(input: $input) { zone { isDedicated dedicatedDomain { id } dedicatedAccount { id } } } }`;

const dedicate = async (client: ApiClient, whom: Record<string, unknown>) => {
  const { dedicateZone } = await client.ask<{ dedicateZone: { zone: unknown } }>(dedicateMutation, {
    input: { id: zone.zoneId, ...whom },
  });
  return dedicateZone.zone;
};

const zonesOf = async (client: ApiClient) => {
  const { zones } = await client.ask<{ zones: { nodes: { id: string }[] } }>('{ zones { nodes { id } } }');
  return zones.nodes.map(({ id }) => id);
};

describe('a zone', () => {
  test('is reserved for a domain and those below it', async () => {
    expect(await dedicate(hardware.client, { domainId: region })).toEqual({
      isDedicated: true,
      dedicatedDomain: { id: region },
      dedicatedAccount: null,
    });
    for (const { client } of [inside, above, hardware]) expect(await zonesOf(client)).toEqual([zone.zoneId]);
    expect(await zonesOf(outside.client)).toEqual([]);
    expect(await refusalOf(outside.client, deployMutation, { input: machine('x') })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await deploy(inside.client, machine('in'))).job.status).toBe('SUCCEEDED');
  });

  test('is seen by who administers a domain above the one that it is for', async () => {
    await dedicate(server.admin, { domainId: customer });
    expect(await zonesOf(above.client)).toEqual([zone.zoneId]);
    const { virtualMachines } = await above.client.ask<{ virtualMachines: { nodes: unknown[] } }>(
      '{ virtualMachines { nodes { name zone { id } serviceOffering { name } } } }',
    );
    expect(virtualMachines.nodes).toEqual([
      { name: 'in', zone: { id: zone.zoneId }, serviceOffering: { name: 'tiny' } },
    ]);
  });

  test('is open to whoever works in a project of that domain', async () => {
    const project = await makeProject(inside.client, 'inner');
    await joinProject(inside.client, project.id, outside, 'MEMBER');
    expect(await zonesOf(outside.client)).toEqual([zone.zoneId]);
    const input = machine('joint', { accountId: project.accountId });
    const { machine: made, job } = await deploy(outside.client, input);
    expect(job.status).toBe('SUCCEEDED');
    expect(await refusalOf(outside.client, deployMutation, { input: machine('own') })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.zoneId',
    });
    await change(outside.client, 'destroyVirtualMachine', { id: made.id });
    await change(outside.client, 'expungeVirtualMachine', { id: made.id });
    await inside.client.ask(
      'mutation ($input: RemoveProjectMemberInput!) { removeProjectMember(input: $input) { accountId } }',
      { input: { projectId: project.id, accountId: outside.accountId } },
    );
    expect(await zonesOf(outside.client)).toEqual([]);
  });

  test('takes no machine of others, whoever asks', async () => {
    expect(
      await refusalOf(server.admin, deployMutation, {
        input: machine('x', { accountId: outside.accountId }),
      }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.zoneId' });
    expect(await refusalOf(server.admin, deployMutation, { input: machine('x') })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.zoneId',
    });
  });

  test('is not reserved while others have something in it', async () => {
    await dedicate(server.admin, {});
    const { machine: others } = await deploy(outside.client, machine('out'));
    const refused = dedicate(server.admin, {
      account: { domainPath: '/region/customer', accountName: 'inside' },
    });
    await expect(refused).rejects.toThrow(ApiError);
    await expect(refused).rejects.toMatchObject({
      code: 'RESOURCE_IN_USE',
      details: { virtualMachines: 1, volumes: 1, accounts: 1 },
    });
    expect(await zonesOf(outside.client)).toEqual([zone.zoneId]);
    await change(outside.client, 'destroyVirtualMachine', { id: others.id });
    await change(outside.client, 'expungeVirtualMachine', { id: others.id });
    expect(await dedicate(server.admin, { account: { accountId: inside.accountId } })).toEqual({
      isDedicated: true,
      dedicatedDomain: null,
      dedicatedAccount: { id: inside.accountId },
    });
    expect(await zonesOf(inside.client)).toEqual([zone.zoneId]);
    expect(await zonesOf(outside.client)).toEqual([]);
  });

  test('hides itself and not the templates in it from others', async () => {
    const { templates } = await outside.client.ask<{ templates: { nodes: unknown[] } }>(
      '{ templates { nodes { id replicas { zone { id } state } } } }',
    );
    expect(templates.nodes).toEqual([{ id: templateId, replicas: [] }]);
  });

  test('is reserved only by those who run the hardware, for one alone, over the version seen', async () => {
    for (const { client } of [inside, above])
      expect(await refusalOf(client, dedicateMutation, { input: { id: zone.zoneId } })).toMatchObject({
        code: 'FORBIDDEN',
      });
    const both = { domainId: region, account: { accountId: inside.accountId } };
    expect(
      await refusalOf(server.admin, dedicateMutation, { input: { id: zone.zoneId, ...both } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.domainId' });
    expect(
      await refusalOf(server.admin, dedicateMutation, { input: { id: zone.zoneId, expectedVersion: 1 } }),
    ).toMatchObject({ code: 'VERSION_CONFLICT' });
    await dedicate(server.admin, {});
  });

  test('is never both reserved and used by others, however the two meet', async () => {
    for (let round = 0; round < 3; round++) {
      const [reserved, used] = await Promise.all([
        server.admin.send(dedicateMutation, {
          input: { id: zone.zoneId, account: { accountId: inside.accountId } },
        }),
        outside.client.send(deployMutation, { input: machine(`race-${round}`) }),
      ]);
      expect([reserved.errors, used.errors].filter((errors) => errors === undefined)).toHaveLength(1);
      await dedicate(server.admin, {});
      if (used.errors !== undefined) continue;
      const { deployVirtualMachine } = used.data as {
        deployVirtualMachine: { virtualMachine: { id: string } };
      };
      const { id } = deployVirtualMachine.virtualMachine;
      await expect
        .poll(async () => change(outside.client, 'destroyVirtualMachine', { id }).catch(() => null), {
          timeout: 10_000,
        })
        .not.toBeNull();
      await change(outside.client, 'expungeVirtualMachine', { id });
    }
  });
});

describe.each([
  {
    type: 'ServiceOffering',
    list: 'serviceOfferings',
    field: 'serviceOffering',
    size: { cpuCount: 1, cpuMhz: 100, memory: 268_435_456 },
  },
  { type: 'DiskOffering', list: 'diskOfferings', field: 'diskOffering', size: { size: 1_073_741_824 } },
] as const)('$type', ({ type, list, field, size }) => {
  const create = `mutation ($input: Create${type}Input!) { create${type}(input: $input) { offering: ${field} { id } } }`;
  const update = `mutation ($input: Update${type}Input!) { update${type}(input: $input) {
    offering: ${field} { name isRestricted domains { id } zones { id } version } } }`;

  interface OfferingView {
    name: string;
    isRestricted: boolean;
    domains: { id: string }[];
    zones: { id: string }[];
    version: number;
  }

  const made = async (input: Record<string, unknown>) => {
    const answer = await hardware.client.ask<Record<string, { offering: { id: string } }>>(create, {
      input: { ...size, ...input },
    });
    return answer[`create${type}`]!.offering.id;
  };
  const updated = async (client: ApiClient, input: Record<string, unknown>) => {
    const answer = await client.ask<Record<string, { offering: OfferingView }>>(update, { input });
    return answer[`update${type}`]!.offering;
  };
  const namesOf = async (client: ApiClient, zoneId?: string) => {
    const answer = await client.ask<Record<string, { nodes: { name: string }[] }>>(
      `query ($filter: ${type}Filter) { ${list}(filter: $filter) { nodes { name } } }`,
      { filter: { zoneId } },
    );
    return answer[list]!.nodes.map(({ name }) => name);
  };
  /** A machine that is made with it. */
  const using = async (id: string, name: string) =>
    type === 'ServiceOffering'
      ? machine(name, { serviceOfferingId: id })
      : machine(name, {
          templateId: null,
          isoId: await registerIso(server.admin, zone.zoneId),
          diskOfferingId: id,
        });

  test('is offered in its domains and below, and seen from above', async () => {
    await made({ name: 'for-region', domainIds: [region, region] });
    const id = await made({ name: 'for-customer', domainIds: [customer] });
    expect(await namesOf(inside.client)).toEqual(expect.arrayContaining(['for-region', 'for-customer']));
    expect(await namesOf(above.client)).toContain('for-customer');
    expect(await namesOf(outside.client)).not.toContain('for-region');
    const input = await using(id, 'scoped');
    expect(await refusalOf(outside.client, deployMutation, { input })).toMatchObject({ code: 'NOT_FOUND' });
    expect(
      await refusalOf(server.admin, deployMutation, { input: { ...input, accountId: outside.accountId } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: `input.${field}Id` });
    expect((await deploy(inside.client, input)).job.status).toBe('SUCCEEDED');
    // It is withdrawn; what has it keeps it, and shows it.
    await updated(server.admin, { id, domainIds: [region], name: 'withdrawn' });
    await updated(server.admin, { id, domainIds: [outside.domainId] });
    expect(await namesOf(inside.client)).not.toContain('withdrawn');
    const { virtualMachines } = await inside.client.ask<{
      virtualMachines: { nodes: { name: string; serviceOffering: { name: string } }[] };
    }>('{ virtualMachines(search: "scoped") { nodes { name serviceOffering { name } } } }');
    expect(virtualMachines.nodes.map(({ serviceOffering }) => serviceOffering.name)).toContain(
      type === 'ServiceOffering' ? 'withdrawn' : 'tiny',
    );
    await change(inside.client, 'destroyVirtualMachine', { id: (await machinesNamed('scoped'))[0]! });
    await change(inside.client, 'expungeVirtualMachine', { id: (await machinesNamed('scoped'))[0]! });
  });

  const machinesNamed = async (name: string) => {
    const { virtualMachines } = await inside.client.ask<{ virtualMachines: { nodes: { id: string }[] } }>(
      'query ($name: String) { virtualMachines(search: $name) { nodes { id } } }',
      { name },
    );
    return virtualMachines.nodes.map(({ id }) => id);
  };

  test('is not used in other zones than its own', async () => {
    const elsewhere = await server.db
      .insertInto('Zone')
      .values({
        id: `zone_${'0'.repeat(25)}${type === 'DiskOffering' ? 1 : 2}` as never,
        name: `${type} zone`,
        networkModel: 'BASIC',
        dns1: '10.0.0.1',
        internalDns1: '10.0.0.1',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = await made({ name: 'for-other-zone', zoneIds: [elsewhere.id] });
    expect(await refusalOf(inside.client, deployMutation, { input: await using(id, 'zoned') })).toMatchObject(
      {
        code: 'VALIDATION_FAILED',
        path: `input.${field}Id`,
      },
    );
    expect(await namesOf(inside.client, zone.zoneId)).not.toContain('for-other-zone');
    expect(await namesOf(inside.client, elsewhere.id)).toContain('for-other-zone');
    expect(await updated(hardware.client, { id, zoneIds: [] })).toMatchObject({ isRestricted: false });
    expect(await namesOf(inside.client, zone.zoneId)).toContain('for-other-zone');
    expect((await deploy(inside.client, await using(id, 'zoned'))).job.status).toBe('SUCCEEDED');
    await change(inside.client, 'destroyVirtualMachine', { id: (await machinesNamed('zoned'))[0]! });
    await change(inside.client, 'expungeVirtualMachine', { id: (await machinesNamed('zoned'))[0]! });
  });

  test('is changed by those who run the hardware, over the version seen', async () => {
    const id = await made({ name: 'mine' });
    expect(await refusalOf(inside.client, update, { input: { id, name: 'x' } })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await refusalOf(above.client, create, { input: { ...size, name: 'x' } })).toMatchObject({
      code: 'FORBIDDEN',
    });
    const first = await updated(hardware.client, { id, domainIds: [customer], zoneIds: [zone.zoneId] });
    expect(first).toMatchObject({
      name: 'mine',
      isRestricted: true,
      domains: [{ id: customer }],
      zones: [{ id: zone.zoneId }],
    });
    for (const [input, refusal] of [
      [{ expectedVersion: first.version - 1 }, { code: 'VERSION_CONFLICT' }],
      [{ name: 'for-region' }, { code: 'VALIDATION_FAILED', path: 'input.name' }],
      [{ name: '<b>' }, { code: 'VALIDATION_FAILED', path: 'input.name' }],
      [{ domainIds: ['dom_00000000000000000000000009'] }, { code: 'NOT_FOUND' }],
      [{ zoneIds: ['zone_x'] }, { code: 'VALIDATION_FAILED', path: 'input.zoneIds.0' }],
    ] as const)
      expect(await refusalOf(hardware.client, update, { input: { id, ...input } })).toMatchObject(refusal);
    expect(await updated(hardware.client, { id, displayText: 'text' })).toMatchObject({
      domains: [{ id: customer }],
    });
  });
});
