import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Purpose } from '../launch/system-packages.ts';
import { runCounted } from './counted-script.ts';
import { runPlaywright } from './playwright-suite.ts';
import { root, type Outcome, type Suite } from './suite.ts';
import { runVitest } from './vitest-suite.ts';

/** What `npm test` runs, in this order: what is quick to fail comes first. */
export const suites: readonly Suite[] = [
  { name: 'check', budgetSeconds: 240, needs: [], run: () => runCounted('check') },
  { name: 'unit', budgetSeconds: 180, needs: [], run: () => runVitest(['--project', 'unit']) },
  { name: 'console', budgetSeconds: 60, needs: [], run: () => runVitest([], 'console') },
  { name: 'api', budgetSeconds: 480, needs: [], run: () => runVitest(['--project', 'api']) },
  { name: 'bite', budgetSeconds: 240, needs: [], run: () => runCounted('bite') },
  {
    name: 'directory',
    budgetSeconds: 60,
    needs: ['directory'],
    run: () => runVitest(['--project', 'directory']),
  },
  {
    name: 'hypervisor',
    budgetSeconds: 640,
    needs: ['hypervisor', 'guest-image', 'ssh-host'],
    run: () => runVitest(['--project', 'hypervisor']),
  },
  {
    name: 'tutorial',
    budgetSeconds: 300,
    needs: ['hypervisor', 'guest-image'],
    run: () => runCounted('tutorial'),
  },
  {
    name: 'faults',
    budgetSeconds: 640,
    needs: ['hypervisor', 'guest-image', 'ssh-host'],
    run: () => runVitest(['--project', 'faults', '--project', 'faults-on-hypervisor']),
  },
  {
    name: 'browser',
    budgetSeconds: 720,
    needs: ['hypervisor', 'guest-image', 'browser'],
    run: () => runPlaywright([]),
  },
];

/** Which runner a path of a test belongs to. */
function runnerOf(file: string): 'browser' | 'console' | 'vitest' {
  const place = path.relative(root, path.resolve(file));
  if (place.startsWith('test/e2e')) return 'browser';
  return place.startsWith('console') ? 'console' : 'vitest';
}

/** What the tests of a file need of the system, by its place and ending, as `vitest.config.ts` has them. */
function needsOfFile(file: string): readonly Purpose[] {
  const suite = file.startsWith('test/e2e/')
    ? 'browser'
    : file.endsWith('.ldap.test.ts')
      ? 'directory'
      : file.endsWith('.libvirt.test.ts') || file.startsWith('test/hypervisor/')
        ? 'hypervisor'
        : 'unit';
  return suites.find(({ name }) => name === suite)?.needs ?? [];
}

/** What the tests of these files or folders need of the system. */
export function needsOf(paths: readonly string[]): Purpose[] {
  const files = paths.flatMap((given) => {
    const place = path.relative(root, path.resolve(given));
    const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
    return isFolder ? globSync(`${place}/**/*.{test,spec}.ts`, { cwd: root }) : [place];
  });
  return [...new Set(files.flatMap(needsOfFile))];
}

/** Runs the tests of these files or folders, whichever runner they belong to. */
export async function runPaths(paths: readonly string[]): Promise<Outcome[]> {
  const { browser = [], console = [], vitest = [] } = Object.groupBy(paths, runnerOf);
  const outcomes: Outcome[] = [];
  if (vitest.length > 0) outcomes.push(await runVitest(vitest));
  if (console.length > 0) {
    const inside = console.map((file) => path.relative('console', file));
    outcomes.push(await runVitest(inside, 'console'));
  }
  if (browser.length > 0) outcomes.push(await runPlaywright(browser));
  return outcomes;
}
