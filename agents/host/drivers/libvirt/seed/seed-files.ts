import type { MachineSeed } from '@nephos/agent-protocol/machine.ts';
import type { DiscFile } from './iso-image.ts';

/** What cloud-init's NoCloud looks for: https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html */
export const seedLabel = 'CIDATA';

interface Seeded {
  machineId: string;
  name: string;
  seed: MachineSeed;
}

/**
 * The files of a guest's seed. JSON is YAML, and needs no writer that quotes well. The guest takes them in once for
 * each instance id.
 */
export function seedFiles({ machineId, name, seed }: Seeded): DiscFile[] {
  const metaData = {
    'instance-id': `${machineId}-${seed.version}`,
    'local-hostname': name,
    'public-keys': seed.publicKeys,
  };
  const files = [
    file('meta-data', JSON.stringify(metaData)),
    // It has to be there, if only empty.
    file('user-data', seed.userData ?? ''),
  ];
  if (seed.passwordHash === null) return files;
  const password = {
    password: seed.passwordHash,
    chpasswd: { expire: false },
    ssh_pwauth: true,
  };
  // Beside what the owner wrote, which wins over it.
  return [...files, file('vendor-data', `#cloud-config\n${JSON.stringify(password)}\n`)];
}

function file(name: string, text: string): DiscFile {
  return { name, content: Buffer.from(text) };
}
