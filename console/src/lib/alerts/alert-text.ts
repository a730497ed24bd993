import { formatDateTime } from '../i18n/format.ts';
import { machineStateLooks } from '../machines/machine-state.ts';
import { m } from '#messages';
import type { Alert } from './alert-queries.ts';

type Facts = Readonly<Record<string, string>>;

/** A moment as facts hold it, `2026-11-28 22:40 UTC`, as people here write it. */
export function factMoment(text: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/.exec(text) ?? [];
  return day === undefined ? text : formatDateTime(`${day}T${time ?? ''}:00Z`);
}

function stateWord(state: string): string {
  return Object.hasOwn(machineStateLooks, state)
    ? machineStateLooks[state as keyof typeof machineStateLooks].label()
    : state;
}

/** A sentence, and after it what came from elsewhere and is in no language of ours. */
const withReason = (sentence: string, reason = '') => (reason === '' ? sentence : `${sentence}: ${reason}`);
const withHost = (sentence: string, host = '') => (host === '' ? sentence : `${sentence} (${host})`);

const since = (facts: Facts) => ({ since: factMoment(facts['since'] ?? '') });
const machines = (facts: Facts) => ({ machines: facts['machines'] ?? '' });
const percent = (facts: Facts) => ({ percent: facts['percent'] ?? '' });
const closedAbove = (facts: Facts) => ({ ...percent(facts), limit: facts['closedAbove'] ?? '' });

const sentences: Record<Alert['kind'], (facts: Facts) => string> = {
  HOST_SILENT: (facts) => m.alerts_text_HOST_SILENT({ ...since(facts), ...machines(facts) }),
  HOST_DOWN: (facts) => m.alerts_text_HOST_DOWN({ ...since(facts), ...machines(facts) }),
  HOST_NOT_EMPTIED: (facts) => withReason(m.alerts_text_HOST_NOT_EMPTIED(), facts['reason']),
  CERTIFICATE_ENDS: (facts) => m.alerts_text_CERTIFICATE_ENDS({ until: factMoment(facts['until'] ?? '') }),
  FOREIGN_MACHINES: (facts) => withReason(m.alerts_text_FOREIGN_MACHINES(machines(facts)), facts['names']),
  CPU_PROMISED: (facts) => m.alerts_text_CPU_PROMISED(closedAbove(facts)),
  MEMORY_PROMISED: (facts) => m.alerts_text_MEMORY_PROMISED(closedAbove(facts)),
  POOL_USED: (facts) => m.alerts_text_POOL_USED(closedAbove(facts)),
  POOL_PROMISED: (facts) => m.alerts_text_POOL_PROMISED(percent(facts)),
  IMAGE_STORE_USED: (facts) => m.alerts_text_IMAGE_STORE_USED(percent(facts)),
  ADDRESSES_TAKEN: (facts) => m.alerts_text_ADDRESSES_TAKEN({ ...percent(facts), free: facts['free'] ?? '' }),
  MACHINE_STUCK: (facts) =>
    m.alerts_text_MACHINE_STUCK({ ...since(facts), state: stateWord(facts['state'] ?? '') }),
  MACHINE_UNKNOWN: (facts) => withHost(m.alerts_text_MACHINE_UNKNOWN(since(facts)), facts['host']),
  MACHINE_DRIFTED: (facts) =>
    withHost(withReason(m.alerts_text_MACHINE_DRIFTED(), facts['differences']), facts['host']),
  EXPUNGE_OVERDUE: (facts) => withReason(m.alerts_text_EXPUNGE_OVERDUE(since(facts)), facts['reason']),
  USAGE_OVERDUE: (facts) => m.alerts_text_USAGE_OVERDUE(since(facts)),
  JOB_STUCK: (facts) => withReason(m.alerts_text_JOB_STUCK(), facts['reason']),
};

/** What an alert says of its target; of a kind that came with a newer server in the server's own words. */
export function alertText({ kind, facts, message }: Pick<Alert, 'kind' | 'facts' | 'message'>): string {
  if (!Object.hasOwn(sentences, kind)) return message;
  return sentences[kind](Object.fromEntries(facts.map(({ name, value }) => [name, value])));
}
