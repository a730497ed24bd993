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

/** The disk of a tiny Linux, built here. */
async function buildDisk(): Promise<Buffer> {
  const missing = await missingPackages(['guest-image']);
  if (missing.length > 0) {
    if (!canInstall()) throw new Error(`packages are missing; to install them: ${installCommand(missing)}`);
    await installPackages(missing, { log: () => undefined });
  }
  const { diskImage } = await buildGuestImages({ folder: imageCache, log: () => undefined });
  return readFile(diskImage);
}

/** Registers a tiny Linux that really boots as a template. @returns its name */
export async function registerGuest(admin: ApiClient, zoneId: string): Promise<string> {
  const name = 'Nephos tiny Linux';
  await allowLoopback(admin);
  await using web = await serveFiles({ '/disk.qcow2': await buildDisk() });
  const { registerTemplate } = await admin.ask<{ registerTemplate: { job: { id: string } } }>(
    'mutation ($input: RegisterTemplateInput!) { registerTemplate(input: $input) { job { id } } }',
    { input: { zoneId, name, format: 'QCOW2', isPublic: true, url: `${web.url}/disk.qcow2` } },
  );
  mustSucceed('the template', await followJob(admin, registerTemplate.job.id));
  return name;
}
