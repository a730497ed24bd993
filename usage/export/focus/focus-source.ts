import type { FocusCharge } from './focus-charge.ts';
import type { FocusValues } from './focus-column.ts';
import type { FocusLine } from './focus-line.ts';

/** A row of FOCUS, and what it is made of. */
export interface FocusSource {
  id: string;
  charge: FocusCharge;
  /** What was used; a discount, a tax and what rounding brought have none. */
  line: FocusLine | undefined;
  values: FocusValues;
}
