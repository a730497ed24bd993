import { formatChoices } from '../../i18n/format.ts';
import { machineStateLooks } from '../machine-state.ts';
import { m } from '#messages';

/** What states are called, by what the API calls them. */
type StateLabels = Partial<Record<string, { label: () => string }>>;

const labelOf = (labels: StateLabels, state: string) => labels[state]?.label() ?? state;

const anyOf = (labels: StateLabels, states: string) =>
  formatChoices(states.split(' or ').map((state) => labelOf(labels, state)));

/** The server's reasons, as its sentences say them, and how they are told in the reader’s words. */
const reasons: readonly [RegExp, (labels: StateLabels, ...found: string[]) => string][] = [
  [/^your role does not allow/, () => m.common_no_permission()],
  [/^you only look on in its project$/, () => m.machines_reason_looks_on()],
  [/^its project is \w+$/, () => m.machines_reason_project()],
  [/^its account is DISABLED$/, () => m.machines_reason_account()],
  [
    /^it is (\w+), and must be (.+)$/,
    (labels, state = '', states = '') =>
      m.machines_reason_state({ state: labelOf(labels, state), wanted: anyOf(labels, states) }),
  ],
  [
    /^it is (?:a )?([A-Z_]+)$/,
    (labels, state = '') => m.machines_reason_is({ state: labelOf(labels, state) }),
  ],
  [
    /^its machine is (\w+), and must be (\w+(?: or \w+)*)/,
    (_, state = '', states = '') =>
      m.machines_reason_machine_state({
        state: labelOf(machineStateLooks, state),
        wanted: anyOf(machineStateLooks, states),
      }),
  ],
  [/^it is protected against deletion$/, () => m.machines_reason_protected()],
  [/^it has snapshots, which keep the disks/, () => m.machines_reason_snapshots()],
  [/^it has snapshots with memory/, () => m.machines_reason_memory_snapshots()],
  [/^one of its snapshots is being worked on$/, () => m.machines_reason_snapshot_busy()],
  [/^there is no disc in its drive$/, () => m.machines_reason_no_disc()],
];

/** Why something cannot be done now: what is not among the reasons is told as the server says it. */
export function reasonText(
  reason: string | null | undefined,
  labels: StateLabels = machineStateLooks,
): string {
  if (reason == null) return m.common_no_permission();
  for (const [pattern, text] of reasons) {
    const found = pattern.exec(reason);
    if (found) return text(labels, ...found.slice(1));
  }
  return reason;
}
