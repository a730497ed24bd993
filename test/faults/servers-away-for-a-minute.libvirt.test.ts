import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn, type ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { buildGuestImages } from '../support/guest/guest-images.ts';
import { followJob } from '../support/jobs.ts';
import {
  allowLoopback,
  deploy,
  getMachine,
  serviceOfferingId,
  type MachineView,
} from '../support/machines.ts';
import { adminPassword, startProduct, type Product } from '../support/product.ts';
import { untilConnected } from '../support/simulator.ts';
import { serveFiles } from '../support/web-files.ts';
import { createZoneMutation, zoneInput } from '../support/zone.ts';
import { Hypervisor } from '../tutorial/hypervisor.ts';
import { ContinuousPing } from './continuous-ping.ts';
import { beginJob } from './journey.ts';
import { killProduct, processesOf } from './product-processes.ts';

const run = promisify(execFile);
const awayMs = 60_000;
/** A guest that is emulated on a busy machine may be late, but a reboot takes longer. */
const longestSilenceMs = 4000;
const expectedProcesses = [
  'agents/host/main.ts',
  'agents/storage/main.ts',
  'server/main.ts',
  'usage/main.ts',
];

let product: Product;
let admin: ApiClient;
let hypervisor: Hypervisor;
let stays: MachineView;
let falls: MachineView;

beforeAll(async () => {
  const images = await buildGuestImages({
    folder: path.join(import.meta.dirname, '../../.cache/guest-images'),
    log: () => undefined,
  });
  product = await startProduct({ driver: 'libvirt' });
  admin = await signIn(product.url, 'admin', adminPassword);
  await untilConnected(admin, '', 2);
  hypervisor = await Hypervisor.of(product.dataFolder);
  const zone = await admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
    createZoneMutation,
    {
      input: await zoneInput(admin, product.dataFolder),
    },
  );
  expect(await followJob(admin, zone.createZone.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const zoneId = zone.createZone.zone.id;
  await allowLoopback(admin);
  await using files = await serveFiles({ '/disk.qcow2': readFileSync(images.diskImage) });
  const template = { zoneId, name: 'tiny', url: `${files.url}/disk.qcow2`, format: 'QCOW2' };
  const jobId = await beginJob(admin, 'registerTemplate', 'RegisterTemplateInput', template);
  const { resultId: templateId } = await followJob(admin, jobId);
  const serviceOffering = await serviceOfferingId(admin, 'tiny');
  const machine = (name: string) => ({ name, zoneId, serviceOfferingId: serviceOffering, templateId });
  [stays, falls] = (
    await Promise.all([deploy(admin, machine('stays')), deploy(admin, machine('falls'))])
  ).map((deployed) => deployed.machine) as [MachineView, MachineView];
  await pageOf(stays);
}, 300_000);

afterAll(async () => {
  await hypervisor[Symbol.asyncDispose]();
  await product.stop({ machines: 'destroy' });
  expect(processesOf(product.dataFolder), 'processes that were left behind').toEqual([]);
}, 120_000);

/** What a guest's web page says, once it answers: `hostname=stays … boots=1`. */
function pageOf({ ipAddress }: MachineView): Promise<string> {
  const { networkNamespace } = hypervisor;
  const enter = networkNamespace === null ? [] : ['ip', 'netns', 'exec', networkNamespace];
  const script = `fetch('http://${ipAddress!}/', { signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.text()).then((text) => console.log(text.split('\\n')[0]))`;
  const [program, ...args] = [...enter, process.execPath, '-e', script];
  return eventually(
    () =>
      run(program, args).then(
        ({ stdout }) => stdout.trim(),
        () => '',
      ),
    (page) => page.includes('boots='),
    120,
  );
}

test('a guest runs on while all of Nephos is dead for a minute, and on return its state is right', async () => {
  const before = await pageOf(stays);
  const { changeCursor } = await admin.ask<{ changeCursor: string }>('{ changeCursor }');
  await using ping = new ContinuousPing(hypervisor.networkNamespace, stays.ipAddress!);
  await eventually(
    () => ping.answers.length,
    (count) => count > 5,
  );

  const diedAt = Date.now();
  expect(await killProduct(product.pid)).toEqual(expectedProcesses);
  await hypervisor.pullPlug(falls.id);
  await sleep(awayMs);
  expect(await ping.longestSilence(diedAt), 'while nothing of Nephos was there').toBeLessThan(
    longestSilenceMs,
  );

  await admin.close();
  product = await startProduct({ driver: 'libvirt', dataFolder: product.dataFolder });
  admin = await signIn(product.url, 'admin', adminPassword);
  for await (const { changes } of admin.follow<{
    changes: { changes: { node: { state: string } | null }[] };
  }>(
    `subscription ($after: Cursor!, $ids: [ID!]) {
      changes(after: $after, filter: { ids: $ids }) { changes { node { ... on VirtualMachine { state } } } }
    }`,
    { after: changeCursor, ids: [falls.id] },
  )) {
    if (changes.changes.some(({ node }) => node?.state === 'STOPPED')) break;
  }
  expect((await getMachine(admin, falls.id)).state).toBe('STOPPED');
  expect((await getMachine(admin, stays.id)).state).toBe('RUNNING');
  expect(await pageOf(stays), 'what the guest says of its name and its boots').toBe(before);
  expect(await ping.longestSilence(diedAt), 'until all was back').toBeLessThan(longestSilenceMs);

  // What came back works: both machines can still be told what to do.
  const started = await beginJob(admin, 'startVirtualMachine', 'StartVirtualMachineInput', { id: falls.id });
  expect(await followJob(admin, started)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await getMachine(admin, falls.id)).state).toBe('RUNNING');
});
