import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canInstall, installCommand, missingPackages } from '../../../scripts/launch/system-packages.ts';
import { installPackages } from '../../../scripts/launch/system-packages-install.ts';
import { buildGuestImages } from '../../support/guest/guest-images.ts';
import { serveFiles, tinyIso } from '../../support/web-files.ts';
import { expectSuccess, watchJob } from '../jobs.ts';
import { expect, type Step } from '../step.ts';
import type { World } from '../world.ts';

const imageCache = path.join(import.meta.dirname, '../../../.cache/guest-images');
const allowedSites = 'secstorage.allowed.internal.sites';

export const isoSteps: readonly Step[] = [
  {
    name: 'build the installer ISO and serve it from a local web server',
    // The first time it installs and downloads Debian packages.
    deadlineSeconds: 300,
    run: async (world) => {
      const iso = world.isSimulated ? tinyIso() : await buildInstaller(world);
      const web = await serveFiles({
        '/installer.iso': (_request, response) => void sendInPieces(iso, response),
      });
      world.web = Object.assign(web, { isoSha256: createHash('sha256').update(iso).digest('hex') });
      return `${Math.ceil(iso.length / 1024)} KiB at ${web.url}/installer.iso`;
    },
  },
  {
    name: 'be refused an ISO from an internal address',
    deadlineSeconds: 30,
    run: async (world) => {
      const { job } = await registerIso(world).catch((error: unknown) => {
        // Refused at once, before there is a job.
        const { code, message } = error as { code?: string; message: string };
        if (code !== 'VALIDATION_FAILED') throw error;
        return { job: { status: 'REFUSED', error: { code, message } } };
      });
      expect(job.status !== 'SUCCEEDED', 'it was fetched');
      expect(job.error?.code === 'VALIDATION_FAILED', `the error is ${job.error?.code ?? 'none'}`);
      const { isos } = await world.admin.ask<{ isos: { totalCount: number } }>('{ isos { totalCount } }');
      expect(isos.totalCount === 0, 'something of it is left');
      return job.error.message;
    },
  },
  {
    name: `allow this machine as a source of images (setting ${allowedSites})`,
    deadlineSeconds: 10,
    run: async (world) => {
      const { updateSetting } = await world.admin.ask<{ updateSetting: { setting: { value: string } } }>(
        'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
        { input: { key: allowedSites, value: '127.0.0.0/8' } },
      );
      return updateSetting.setting.value;
    },
  },
  {
    name: 'register the ISO and watch its download',
    deadlineSeconds: 60,
    run: async (world) => {
      const { isoId, job, progress } = await registerIso(world);
      expectSuccess(job);
      const inBetween = progress.filter((percent) => percent > 0 && percent < 100);
      expect(inBetween.length > 0, `the download's progress was pushed as ${progress.join(', ')} only`);
      world.isoId = isoId;
      return `at ${[...new Set(inBetween)].join(', ')} %`;
    },
  },
  {
    name: 'find the ISO ready, with the checksum of what was served',
    deadlineSeconds: 10,
    run: async (world) => {
      const { node } = await world.admin.ask<{
        node: { isReady: boolean; replicas: { state: string; sha256: string }[] };
      }>('query ($id: ID!) { node(id: $id) { ... on Iso { isReady replicas { state sha256 } } } }', {
        id: world.isoId,
      });
      expect(node.isReady && node.replicas[0]?.state === 'READY', `it is ${JSON.stringify(node)}`);
      const { sha256 } = node.replicas[0];
      expect(sha256 === world.web.isoSha256, `it is ${sha256}, ${world.web.isoSha256} was served`);
      return `sha256 ${sha256.slice(0, 16)}…`;
    },
  },
];

async function buildInstaller({ options }: World): Promise<Buffer> {
  const missing = await missingPackages(['guest-image']);
  if (missing.length > 0) {
    if (!options.mayInstall || !canInstall())
      throw new Error(`packages are missing; to install them: ${installCommand(missing)}`);
    await installPackages(missing, { log: () => undefined });
  }
  const { installerIso } = await buildGuestImages({ folder: imageCache, log: () => undefined });
  return readFile(installerIso);
}

/** As slowly as a server far away, so that the download takes time to be watched. */
async function sendInPieces(file: Buffer, response: ServerResponse): Promise<void> {
  const pieces = 10;
  response.writeHead(200, { 'content-length': file.length });
  const pieceBytes = Math.ceil(file.length / pieces);
  for (let at = 0; at < file.length && !response.destroyed; at += pieceBytes) {
    response.write(file.subarray(at, at + pieceBytes));
    await sleep(200);
  }
  response.end();
}

async function registerIso({ admin, zoneId, web }: World) {
  const { registerIso: registered } = await admin.ask<{
    registerIso: { iso: { id: string }; job: { id: string } };
  }>('mutation ($input: RegisterIsoInput!) { registerIso(input: $input) { iso { id } job { id } } }', {
    input: { zoneId, name: 'Nephos tiny Linux installer', url: `${web.url}/installer.iso` },
  });
  return { isoId: registered.iso.id, ...(await watchJob(admin, registered.job.id)) };
}
