import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canInstall, installCommand, missingFor, missingPackages, requirements } from './system-packages.ts';

describe('what is missing', () => {
  it('is nothing where a program proves it, whatever dpkg knows', async () => {
    expect(
      await missingFor([{ packages: ['no-such-package'], evidence: ['nothing-like-this', 'sh'] }]),
    ).toEqual([]);
  });

  it('is nothing where a file proves it', async () => {
    expect(await missingFor([{ packages: ['no-such-package'], evidence: ['/etc/passwd'] }])).toEqual([]);
  });

  it('is asked of dpkg where there is no proof', async () => {
    const needs = [
      { packages: ['no-such-package'], evidence: ['nothing-like-this'] },
      { packages: ['no-such-package'], evidence: ['nor-this'] },
      { packages: ['another-missing-one', 'dpkg'], evidence: ['nothing-like-this'] },
    ] as const;
    expect(await missingFor(needs)).toEqual(['no-such-package']);
  });

  it('is found out quickly', async () => {
    const begin = performance.now();
    await missingFor([
      ...Array.from({ length: 20 }, () => ({ packages: ['dpkg'] as const, evidence: ['dpkg'] })),
    ]);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('has a known name for every purpose', async () => {
    const known = new Set(
      Object.values(requirements).flatMap((needs) => needs.flatMap(({ packages }) => packages)),
    );
    for (const name of await missingPackages(['hypervisor', 'guest-image', 'browser', 'directory'])) {
      expect(known).toContain(name);
    }
  });
});

describe('the advice', () => {
  it('is a line for the terminal', () => {
    expect(installCommand(['a', 'b'])).toMatch(
      /^(sudo )?apt-get update && (sudo )?apt-get install -y --no-install-recommends a b$/,
    );
  });

  it('goes with what this process may do', () => {
    expect(canInstall()).toBe(process.getuid?.() === 0 && existsSync('/etc/debian_version'));
  });
});
