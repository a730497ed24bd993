import type { Bench } from '../figures.ts';
import { measureClosing } from './closing.ts';
import { measureExports } from './exports.ts';
import { measureIntake } from './intake.ts';

/** Usage from the events that features append to the files that operators take away. */
export const usage: Bench = async (options) => ({
  ...(await measureClosing(options)),
  ...(await measureIntake(options)),
  ...(await measureExports(options)),
});
