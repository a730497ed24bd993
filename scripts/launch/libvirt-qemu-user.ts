import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Who QEMU runs as. */
export interface QemuUser {
  readonly name: string;
  readonly group: string;
  /** Why this one. */
  readonly reason: string;
}

const run = promisify(execFile);

/** The users that distributions make for QEMU: Debian and Ubuntu, Fedora. */
const candidates = ['libvirt-qemu', 'qemu'];

/**
 * An unprivileged user of the distribution's that can reach `folder`, else root: a guest that breaks out of QEMU
 * should find itself as nobody, but a folder below `/root` is closed to everybody else.
 */
export async function chooseQemuUser(folder: string): Promise<QemuUser> {
  for (const name of candidates) {
    const user = await describeUser(name, `${name} is unprivileged and can reach ${folder}`).catch(
      () => undefined,
    );
    if (user === undefined) continue;
    if (await testAs(user, ['-r', folder, '-a', '-x', folder])) return user;
    return describeUser('root', `${name} cannot reach ${folder}`);
  }
  return describeUser('root', `there is no user ${candidates.join(' or ')}`);
}

/** A user with the main group that the system gives it. Rejects when there is no such user. */
export async function describeUser(name: string, reason: string): Promise<QemuUser> {
  const { stdout } = await run('id', ['-gn', name]);
  return { name, group: stdout.trim(), reason };
}

/** Whether this user may open /dev/kvm, as far as it exists. */
export function canOpenKvm(user: Pick<QemuUser, 'name' | 'group'>): Promise<boolean> {
  return testAs(user, ['!', '-e', '/dev/kvm', '-o', '-r', '/dev/kvm', '-a', '-w', '/dev/kvm']);
}

/** The answer of `test` to that user, which knows of access lists and whatever else mode bits do not say. */
async function testAs(
  user: Pick<QemuUser, 'name' | 'group'>,
  condition: readonly string[],
): Promise<boolean> {
  const identity = ['--reuid', user.name, '--regid', user.group, '--init-groups'];
  try {
    await run('setpriv', [...identity, 'test', ...condition]);
    return true;
  } catch {
    return false;
  }
}
