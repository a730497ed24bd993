import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { startStorageAgent } from '@nephos/storage-agent/storage-agent.ts';
import pino from 'pino';
import { expect } from 'vitest';
import { expectBalancedBooks } from './books.ts';
import { seenInLibvirt, strayThings } from './books-of-libvirt.ts';
import { buildGuestImages } from './guest/guest-images.ts';
import { allHosts } from './hosts.ts';
import { HypervisorHosts } from './hypervisor-hosts.ts';
import { followJob } from './jobs.ts';
import { LibvirtHost } from './libvirt-host.ts';
import { allowLoopback, serviceOfferingId } from './machines.ts';
import { startTestServer, type TestServer } from './server.ts';
import { serveFiles } from './web-files.ts';
import { createZoneMutation, zoneInput } from './zone.ts';

/** A server, and a zone of real hypervisors with their agents, ready for guests that start. */
export interface LibvirtWorld extends AsyncDisposable {
  server: TestServer;
  zoneId: string;
  hypervisors: HypervisorHosts;
  /** In the order of their names. */
  hosts: LibvirtHost[];
  /** A tiny Linux on a disk. */
  templateId: string;
  /** A disc that installs it. */
  isoId: string;
  /** Folders of the zone's storage. */
  primary: string;
  imageStore: string;
  /** Input of a deploy, under a name. */
  machine(name: string): Record<string, unknown>;
  /** The host of an id. */
  hostOf(hostId: string): LibvirtHost;
  /** Compares everything with everything: see {@link expectBalancedBooks}; and no host holds what is for nothing. */
  expectBalancedBooks(): Promise<void>;
}

export async function startLibvirtWorld(count: number): Promise<LibvirtWorld> {
  await using made = new AsyncDisposableStack();
  const images = await buildGuestImages({
    folder: path.join(import.meta.dirname, '../../.cache/guest-images'),
    log: () => undefined,
  });
  const hypervisors = made.use(await HypervisorHosts.start(count));
  const { folder, primary, network } = hypervisors;
  const server = made.use(await startTestServer());
  const { admin, agentUrl } = server;
  const hosts = await Promise.all(
    hypervisors.hosts.map((hypervisor) =>
      LibvirtHost.start({ admin, agentUrl, hypervisor, folder: path.join(folder, hypervisor.name, 'agent') }),
    ),
  );
  for (const host of hosts) made.use(host);
  const storage = await startStorageAgent({
    name: 'storage',
    serverUrl: agentUrl,
    folder: path.join(folder, 'storage'),
    tokenFile: path.join(server.folder, 'tokens', 'storage.token'),
    log: pino({ level: 'silent' }),
  });
  made.defer(() => storage.stop());
  while (!storage.link.isUp) await new Promise((resolve) => setTimeout(resolve, 20));
  const imageStore = path.join(folder, 'images');
  await mkdir(imageStore);
  const traffic = ['GUEST', 'MANAGEMENT'].map((type) => ({ type, label: network.bridge }));
  const input = await zoneInput(admin, folder, {
    physicalNetworks: [{ name: 'main', traffic }],
    guestRange: {
      cidr: network.cidr,
      gateway: network.gateway,
      startIp: hypervisors.addressOf(1).ipAddress,
      endIp: hypervisors.addressOf(99).ipAddress,
    },
  });
  const { createZone } = await admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
    createZoneMutation,
    { input },
  );
  await expectSuccess(server, createZone.job.id);
  const zoneId = createZone.zone.id;
  await allowLoopback(admin);
  await using files = await serveFiles({
    '/disk.qcow2': await readFile(images.diskImage),
    '/installer.iso': await readFile(images.installerIso),
  });
  const register = async (type: 'Template' | 'Iso', more: Record<string, unknown>) => {
    const { registered } = await admin.ask<{
      registered: { image: { id: string }; job: { id: string } };
    }>(
      `mutation ($input: Register${type}Input!) {
        registered: register${type}(input: $input) { image: ${type.toLowerCase()} { id } job { id } }
      }`,
      { input: { zoneId, isPublic: true, ...more } },
    );
    await expectSuccess(server, registered.job.id);
    return registered.image.id;
  };
  const templateId = await register('Template', {
    name: 'tiny',
    url: `${files.url}/disk.qcow2`,
    format: 'QCOW2',
  });
  const isoId = await register('Iso', { name: 'installer', url: `${files.url}/installer.iso` });
  const offeringId = await serviceOfferingId(admin, 'tiny');
  const known = await allHosts(admin);
  const everything = made.move();
  const world: LibvirtWorld = {
    server,
    zoneId,
    hypervisors,
    hosts,
    templateId,
    isoId,
    primary,
    imageStore,
    machine: (name) => ({ name, zoneId, serviceOfferingId: offeringId, templateId }),
    hostOf: (hostId) => {
      const name = known.find(({ id }) => id === hostId)?.name;
      const host = hosts.find((each) => each.name === name);
      if (host === undefined) throw new Error(`there is no host ${hostId}`);
      return host;
    },
    expectBalancedBooks: async () => {
      await expectBalancedBooks(server.db, await seenInLibvirt(world));
      for (const host of hosts)
        expect(await strayThings(host), `what ${host.name} holds for nothing`).toEqual([]);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
  return world;
}

async function expectSuccess({ admin }: TestServer, jobId: string): Promise<void> {
  const job = await followJob(admin, jobId);
  if (job.status !== 'SUCCEEDED') throw new Error(`the world was not made: ${JSON.stringify(job)}`);
}
