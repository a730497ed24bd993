import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { canInstall, installCommand, missingPackages } from '../../scripts/launch/system-packages.ts';
import { installPackages } from '../../scripts/launch/system-packages-install.ts';
import type { ApiClient } from '../support/api-client.ts';
import { buildGuestImages } from '../support/guest/guest-images.ts';
import { followJob } from '../support/jobs.ts';
import { allowLoopback } from '../support/machines.ts';
import { serveFiles } from '../support/web-files.ts';
import { mustSucceed } from './zones.ts';

const imageCache = path.join(import.meta.dirname, '../../.cache/guest-images');

/** A tiny Linux, built here: its disk, and the disc that installs it. */
async function buildGuest() {
  const missing = await missingPackages(['guest-image']);
  if (missing.length > 0) {
    if (!canInstall()) throw new Error(`packages are missing; to install them: ${installCommand(missing)}`);
    await installPackages(missing, { log: () => undefined });
  }
  return buildGuestImages({ folder: imageCache, log: () => undefined });
}

/** A disc that installs the tiny Linux on the first disk, and powers the machine off. */
export async function readInstaller(): Promise<Buffer> {
  return readFile((await buildGuest()).installerIso);
}

/** Registers a tiny Linux that really boots as a template. @returns its name */
export async function registerGuest(admin: ApiClient, zoneId: string): Promise<string> {
  const name = 'Nephos tiny Linux';
  await allowLoopback(admin);
  await using web = await serveFiles({
    '/disk.qcow2': await readFile((await buildGuest()).diskImage),
  });
  const { registerTemplate } = await admin.ask<{ registerTemplate: { job: { id: string } } }>(
    'mutation ($input: RegisterTemplateInput!) { registerTemplate(input: $input) { job { id } } }',
    { input: { zoneId, name, format: 'QCOW2', isPublic: true, url: `${web.url}/disk.qcow2` } },
  );
  mustSucceed('the template', await followJob(admin, registerTemplate.job.id));
  return name;
}
