import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What an agent proves itself with, and whom it trusts. */
export interface AgentIdentity {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** PEM. */
  certificate: string;
  /** PEM of the platform's CA. */
  authority: string;
}

const fileName = 'identity.json';

/** The identity kept in an agent's folder, or `undefined` before its first enrolment. */
export async function findIdentity(folder: string): Promise<AgentIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, fileName), 'utf8')) as AgentIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps an identity, readable by its owner only; a crash leaves the old one or the new one. */
export async function saveIdentity(folder: string, identity: AgentIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, fileName);
  await writeFile(`${file}.new`, JSON.stringify(identity), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
