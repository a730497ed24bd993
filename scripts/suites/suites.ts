import { runCounted } from './counted-script.ts';
import { runPlaywright } from './playwright-suite.ts';
import type { Suite } from './suite.ts';
import { runVitest } from './vitest-suite.ts';

/** What `npm test` runs, in this order: what is quick to fail comes first. */
export const suites: readonly Suite[] = [
  { name: 'check', budgetSeconds: 180, needs: [], run: () => runCounted('check') },
  { name: 'unit', budgetSeconds: 180, needs: [], run: () => runVitest(['--project', 'unit']) },
  { name: 'console', budgetSeconds: 60, needs: [], run: () => runVitest(['--root', 'console']) },
  { name: 'api', budgetSeconds: 420, needs: [], run: () => runVitest(['--project', 'api']) },
  {
    name: 'hypervisor',
    budgetSeconds: 420,
    needs: ['hypervisor', 'guest-image'],
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
    budgetSeconds: 480,
    needs: ['hypervisor', 'guest-image'],
    run: () => runVitest(['--project', 'faults']),
  },
  {
    name: 'browser',
    budgetSeconds: 300,
    needs: ['hypervisor', 'guest-image', 'browser'],
    run: () => runPlaywright([]),
  },
];

/** Runs the tests of these files or folders, whichever runner they belong to. */
export async function runPaths(paths: readonly string[]) {
  const isForBrowser = (file: string) => file.replace(/^\.\//, '').startsWith('test/e2e');
  const outcomes = [];
  const forBrowser = paths.filter(isForBrowser);
  const others = paths.filter((file) => !isForBrowser(file));
  if (others.length > 0) outcomes.push(await runVitest(others));
  if (forBrowser.length > 0) outcomes.push(await runPlaywright(forBrowser));
  return outcomes;
}
