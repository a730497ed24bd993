import { formatAgo, formatNumber } from '../i18n/format.ts';
import { classes } from './classes.ts';

/**
 * Uses once what takes longest the first time: to be called while files are on their way, so that the first list does not
 * wait for it.
 */
export function warmUp(): void {
  formatNumber(0);
  formatAgo(new Date(0), 0);
  classes('p-1', 'p-2');
}
