// `npm run tutorial`: plays the classic first tutorial on a Nephos of its own, from an empty data folder to an empty
// cloud. The last line is the sum of its steps.
import { parseArgs } from 'node:util';
import { steps } from '../test/tutorial/steps.ts';
import { playTutorial } from '../test/tutorial/tutorial.ts';

const usage = `npm run tutorial -- [options]
  --driver libvirt|simulator  what the host agent drives (libvirt)
  --keep                      keep the data folder, with its logs
  --no-system                 install no system packages
  --list                      print the names of the steps`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      driver: { type: 'string', default: 'libvirt' },
      keep: { type: 'boolean', default: false },
      'no-system': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const { driver } = values;
  if (driver !== 'libvirt' && driver !== 'simulator') throw new Error(`there is no driver ${driver}`);
  return { driver, keepsData: values.keep, mayInstall: !values['no-system'], isList: values.list } as const;
}

function interruptions(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
  return interruption.signal;
}

try {
  const { isList, ...options } = readOptions();
  if (isList) for (const { name } of steps) console.log(name);
  // At once: what a step left open that had to be given up must not keep this process.
  else process.exit((await playTutorial(options, interruptions())) ? 0 : 1);
} catch (error) {
  console.error(`${(error as Error).message}\n${usage}`);
  process.exitCode = 1;
}
