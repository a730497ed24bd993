import { adminStateLabels, linkStateLooks } from '../hosts/host-state.ts';
import { m } from '#messages';
import type { TopologyHost } from './topology-query.ts';

/** As badges have them. */
type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'quiet';

/** What a square says of a host: a colour, and a sign for those who do not see it. */
export interface HostLook {
  tone: Tone;
  /** Empty for a host with which all is well. */
  sign: string;
  label: string;
}

const linkTones: Partial<Record<TopologyHost['linkState'], [Tone, string]>> = {
  CONNECTING: ['busy', '…'],
  DISCONNECTED: ['warn', '?'],
  ALERT: ['bad', '!'],
  DOWN: ['bad', '×'],
};

const adminTones: Record<TopologyHost['adminState'], [Tone, string]> = {
  ENABLED: ['good', ''],
  DISABLED: ['quiet', '–'],
  PREPARE_FOR_MAINTENANCE: ['busy', '→'],
  MAINTENANCE: ['quiet', '∥'],
  ERROR_IN_MAINTENANCE: ['bad', '!'],
};

/** The worst that is to be said of a host. */
export function hostLook({
  linkState,
  adminState,
}: Pick<TopologyHost, 'linkState' | 'adminState'>): HostLook {
  const link = linkTones[linkState];
  if (link !== undefined) return { tone: link[0], sign: link[1], label: linkStateLooks[linkState].label() };
  const [tone, sign] = adminTones[adminState];
  const label = adminState === 'ENABLED' ? linkStateLooks.UP.label() : adminStateLabels[adminState]();
  return { tone, sign, label };
}

/** A host in one line, as it is read out. */
export function hostText(host: TopologyHost): string {
  const { name, machines, brokenMachines } = host;
  const state = hostLook(host).label;
  return brokenMachines > 0
    ? m.topology_host_broken({ name, state, machines, broken: brokenMachines })
    : m.topology_host({ name, state, machines });
}

/** Looks of squares, one after the other: what the legend explains. */
export const legend = (): HostLook[] => [
  hostLook({ linkState: 'UP', adminState: 'ENABLED' }),
  hostLook({ linkState: 'CONNECTING', adminState: 'ENABLED' }),
  hostLook({ linkState: 'DISCONNECTED', adminState: 'ENABLED' }),
  hostLook({ linkState: 'ALERT', adminState: 'ENABLED' }),
  hostLook({ linkState: 'DOWN', adminState: 'ENABLED' }),
  hostLook({ linkState: 'UP', adminState: 'DISABLED' }),
  hostLook({ linkState: 'UP', adminState: 'MAINTENANCE' }),
];

export const toneSquares: Record<Tone, string> = {
  good: 'border-good/60 bg-good-soft text-good',
  warn: 'border-warn bg-warn-soft text-warn',
  bad: 'border-bad bg-bad-soft text-bad',
  busy: 'border-busy bg-busy-soft text-busy',
  quiet: 'border-line-strong bg-sunken text-ink-muted',
};
