import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstallError, installPackages } from './system-packages-install.ts';

// An apt-get that keeps a record of its calls and does what the test says.

let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apt-'));
  lines = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function aptGet(behaviour: string): Promise<void> {
  const script = `#!/bin/sh
    echo "$*" >> ${folder}/calls
    count() { grep -c "^$1" ${folder}/calls; }
    ${behaviour}`;
  await writeFile(path.join(folder, 'apt-get'), script);
  await chmod(path.join(folder, 'apt-get'), 0o755);
}

/** The first word of each call. */
async function calls(): Promise<string[]> {
  const text = await readFile(path.join(folder, 'calls'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
}

function install(lockTimeoutMs = 10_000): Promise<void> {
  return installPackages(['one', 'two'], {
    log: (line) => lines.push(line),
    lockTimeoutMs,
    path: `${folder}:/usr/bin:/bin`,
    policyFile: path.join(folder, 'policy-rc.d'),
  });
}

describe('installing', () => {
  it('asks nothing, takes no recommendations, and passes on what is said', async () => {
    await aptGet('[ "$DEBIAN_FRONTEND" = noninteractive ] && echo "Setting up one"');
    await install();
    expect(await readFile(path.join(folder, 'calls'), 'utf8')).toMatch(
      /install --yes --no-install-recommends .*one two\n$/,
    );
    expect(lines).toContain('Setting up one');
  });

  it('does nothing for no packages', async () => {
    await aptGet('');
    await installPackages([], { log: () => undefined, path: folder });
    expect(existsSync(path.join(folder, 'calls'))).toBe(false);
  });

  it('fetches lists when a package is not found in those that are there', async () => {
    await aptGet(`
      [ "$1" = update ] && exit 0
      [ $(count update) -ge 1 ] && exit 0
      echo 'E: Unable to locate package one' >&2; exit 100`);
    await install();
    expect((await calls()).slice(-2)).toEqual(['update', 'install']);
  });

  it('waits while another has the lock', async () => {
    await aptGet(`
      [ $(count install) -ge 2 ] && exit 0
      [ "$1" = install ] && { echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1' >&2; exit 100; }
      exit 0`);
    await install();
    expect((await calls()).filter((call) => call === 'install').length).toBe(2);
    expect(lines).toContain('another program is installing packages; waiting for it');
  });

  it('gives up on the lock in the end', async () => {
    await aptGet(`[ "$1" = install ] || exit 0; echo 'E: Could not get lock' >&2; exit 100`);
    await expect(install(1)).rejects.toThrow(/Could not get lock/);
  });

  it('says why it failed', async () => {
    await aptGet(`[ "$1" = install ] || exit 0; echo 'E: You do not have enough free space' >&2; exit 100`);
    await expect(install()).rejects.toThrow(InstallError);
    await expect(install()).rejects.toThrow(
      'apt-get install ended with status 100:\n  E: You do not have enough free space',
    );
  });
});

describe('services', () => {
  it('may not be started meanwhile, and may afterwards', async () => {
    await aptGet(`[ "$1" = install ] || exit 0; ${folder}/policy-rc.d libvirtd start; echo "policy $?"`);
    await install();
    expect(lines).toContain('policy 101');
    expect(existsSync(path.join(folder, 'policy-rc.d'))).toBe(false);
  });

  it('are left to a policy that is there', async () => {
    const own = '#!/bin/sh\nexit 102\n';
    await writeFile(path.join(folder, 'policy-rc.d'), own, { mode: 0o755 });
    await aptGet('');
    await install();
    expect(await readFile(path.join(folder, 'policy-rc.d'), 'utf8')).toBe(own);
  });

  it('are not forbidden for longer than this process lives', async () => {
    await aptGet(`[ "$1" = install ] || exit 0; cp ${folder}/policy-rc.d ${folder}/copy; exit 1`);
    await expect(install()).rejects.toThrow(InstallError);
    const policy = await readFile(path.join(folder, 'copy'), 'utf8');
    expect(policy).toContain(`kill -0 ${process.pid} `);
    expect(existsSync(path.join(folder, 'policy-rc.d'))).toBe(false);
  });
});
