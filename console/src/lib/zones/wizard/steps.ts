import { m } from '#messages';
import type { Draft } from '../drafts/draft-queries.ts';
import type { Part } from './draft-form.ts';

export type StepName = Draft['step'];

export interface WizardStep {
  name: StepName;
  label: () => string;
  /** Parts of the plan that it is about. */
  parts: readonly Part[];
}

export const wizardSteps: readonly WizardStep[] = [
  { name: 'ZONE', label: m.wizard_step_zone, parts: ['zone'] },
  { name: 'NETWORK', label: m.wizard_step_network, parts: ['physicalNetworks'] },
  { name: 'POD', label: m.wizard_step_pod, parts: ['pod'] },
  { name: 'GUESTS', label: m.wizard_guests, parts: ['guestRange'] },
  { name: 'CLUSTER', label: m.drafts_step_cluster, parts: ['cluster'] },
  { name: 'HOSTS', label: m.wizard_hosts, parts: ['hosts'] },
  { name: 'STORAGE', label: m.wizard_step_storage, parts: ['primaryStorage', 'imageStore'] },
  { name: 'REVIEW', label: m.wizard_step_review, parts: [] },
];

/** The step of a launch that makes each part. */
const makers: Record<Part, string> = {
  zone: 'createZone',
  physicalNetworks: 'createPhysicalNetworks',
  pod: 'createPod',
  guestRange: 'createGuestNetwork',
  cluster: 'createCluster',
  hosts: 'attachPrimaryStorage',
  primaryStorage: 'attachPrimaryStorage',
  imageStore: 'attachImageStore',
};

/** Whether a part is there already, and so stays as it is. */
export function isMade({ done }: Pick<Draft, 'done'>, part: Part): boolean {
  return done.includes(makers[part]);
}

const places: Record<string, { step: StepName; field: string }> = {
  createZone: { step: 'ZONE', field: 'zone.name' },
  createPhysicalNetworks: { step: 'NETWORK', field: 'physicalNetworks.0.name' },
  createPod: { step: 'POD', field: 'pod.name' },
  createGuestNetwork: { step: 'GUESTS', field: 'guestRange.cidr' },
  createCluster: { step: 'CLUSTER', field: 'cluster.name' },
  addHosts: { step: 'HOSTS', field: 'hosts' },
  installHosts: { step: 'HOSTS', field: 'hosts' },
  attachPrimaryStorage: { step: 'STORAGE', field: 'primaryStorage.path' },
  attachImageStore: { step: 'STORAGE', field: 'imageStore.path' },
};

const failed: ReadonlySet<string> = new Set(['FAILED', 'UNDOING', 'UNDONE', 'UNDO_FAILED']);

/** Where to mend what a launch stopped at; `undefined` where no input is to blame. */
export function placeToMend(job: NonNullable<Draft['job']>): { step: StepName; field: string } | undefined {
  const step = job.steps.find(({ status }) => failed.has(status));
  const place = step && places[step.name];
  const field = job.error?.field?.replace(/^input\./, '');
  return place && { step: place.step, field: field?.startsWith('hosts.') ? field : place.field };
}

/** The step that a problem is of. */
export function stepOf(path: string): WizardStep | undefined {
  return wizardSteps.find(({ parts }) => parts.some((part) => path === part || path.startsWith(`${part}.`)));
}
