import type { Step } from './step.ts';
import { binSteps } from './steps/bin.ts';
import { cloneSteps } from './steps/clones.ts';
import { endSteps } from './steps/end.ts';
import { installationSteps } from './steps/installation.ts';
import { installedSteps } from './steps/installed.ts';
import { isoSteps } from './steps/iso.ts';
import { outsideSteps } from './steps/outside.ts';
import { startSteps } from './steps/start.ts';
import { zoneSteps } from './steps/zone.ts';

/** The whole tutorial, in order. */
export const steps: readonly Step[] = [
  ...startSteps,
  ...zoneSteps,
  ...isoSteps,
  ...installationSteps,
  ...installedSteps,
  ...cloneSteps,
  ...outsideSteps,
  ...binSteps,
  ...endSteps,
];
