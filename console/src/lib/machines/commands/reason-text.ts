import { formatChoices } from '../../i18n/format.ts';
import { m } from '#messages';
import type { MachineState } from '../fragments.ts';
import { machineStateLooks } from '../machine-state.ts';

const labelOf = (state: string) => machineStateLooks[state as MachineState].label();

/** Why something cannot be done to a machine, as the server’s sentences say it, and in the reader’s language. */
const texts: readonly [RegExp, (...found: string[]) => string][] = [
  [
    /^it is (\w+), and must be ([\w ]+)$/,
    (_, state = '', wanted = '') =>
      m.reasons_state({ state: labelOf(state), wanted: formatChoices(wanted.split(' or ').map(labelOf)) }),
  ],
  [/^your role does not allow/, () => m.common_no_permission()],
  [/^you only look on in its project$/, () => m.reasons_onlooker()],
  [/^its project is/, () => m.reasons_project()],
  [/^its account is/, () => m.reasons_account()],
  [/^it is protected against deletion$/, () => m.reasons_protected()],
  [/^it has snapshots, which keep the disks/, () => m.reasons_snapshots_keep_disks()],
  [/^it has snapshots with memory/, () => m.reasons_snapshots_keep_cards()],
  [/^one of its snapshots is being worked on$/, () => m.reasons_snapshot_busy()],
  [/^there is no disc in its drive$/, () => m.reasons_no_disc()],
];

export function reasonText(reason: string): string {
  for (const [pattern, text] of texts) {
    const found = pattern.exec(reason);
    if (found !== null) return text(...found);
  }
  return reason;
}
