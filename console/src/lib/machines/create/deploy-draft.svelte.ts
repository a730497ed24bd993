import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { projectScope } from '../../projects/project-scope.svelte.ts';
import { m } from '#messages';
import { sizeOf, type TypedSize } from '../chosen-size.ts';
import { noChoices } from './advanced-choices.ts';
import type { Choices } from './create-queries.ts';
import type { ChosenDisk } from './data-disks.ts';
import { deployInput, deployProblems, type DeployChoices } from './deploy-form.ts';
import { countOf, machineNames } from './machine-names.ts';

/** Image that the page was opened for. */
export interface WantedImage {
  templateId: string | null;
  isoId: string | null;
}

/** A machine as it is being chosen, and what follows from the choices. */
export class DeployDraft {
  readonly #choices: () => Choices;
  readonly #zoneId: () => string;
  source = $state<'template' | 'iso'>('template');
  imageId = $state('');
  serviceOfferingId = $state('');
  size = $state<TypedSize>({ cpus: '', memoryMib: '' });
  diskOfferingId = $state('');
  diskGib = $state('10');
  dataDisks = $state<ChosenDisk[]>([]);
  name = $state('');
  count = $state('1');
  advanced = $state(noChoices());

  readonly images = $derived.by(() => {
    const { templates, isos } = this.#choices();
    return this.source === 'template' ? templates.nodes : isos.nodes;
  });
  readonly image = $derived(this.images.find(({ id }) => id === this.imageId));
  readonly offering = $derived.by(() =>
    this.#choices().serviceOfferings.nodes.find(({ id }) => id === this.serviceOfferingId),
  );
  readonly hasFreeDiskSize = $derived(this.#isFree(this.diskOfferingId));
  readonly chosen = $derived.by<DeployChoices>(() => ({
    zoneId: this.#zoneId(),
    ownerId: projectScope.ownerId,
    source: this.source,
    imageId: this.image?.id ?? '',
    serviceOfferingId: this.serviceOfferingId,
    offering: this.offering,
    size: this.size,
    name: this.name.trim(),
    count: this.count,
    diskOfferingId: this.diskOfferingId,
    diskGib: this.diskGib,
    hasFreeDiskSize: this.hasFreeDiskSize,
    dataDisks: this.dataDisks.map((disk) => ({ ...disk, hasFreeSize: this.#isFree(disk.diskOfferingId) })),
    advanced: this.advanced,
  }));
  readonly problems = $derived(deployProblems(this.chosen));
  readonly input = $derived(deployInput(this.chosen));
  /** What to plan: whatever its name will be, for where it could go does not depend on it. */
  readonly planInput = $derived.by(() => {
    const planned = { ...this.chosen, name: 'plan' };
    return deployProblems(planned).length === 0 ? deployInput(planned) : undefined;
  });
  /** What the machines will be called. */
  readonly names = $derived(machineNames(this.chosen.name, countOf(this.count) ?? 1));

  constructor(choices: () => Choices, zoneId: () => string, wanted: WantedImage) {
    this.#choices = choices;
    this.#zoneId = zoneId;
    const { serviceOfferings, diskOfferings } = choices();
    this.source = wanted.isoId === null ? 'template' : 'iso';
    this.imageId = wanted.templateId ?? wanted.isoId ?? '';
    this.serviceOfferingId = serviceOfferings.nodes[0]?.id ?? '';
    this.diskOfferingId = diskOfferings.nodes.find(({ size }) => size !== null)?.id ?? '';
  }

  chooseOffering = (id: string): void => {
    this.serviceOfferingId = id;
    this.size = { cpus: '', memoryMib: '' };
  };

  /** The choices in words; what was not chosen yet is undefined. */
  get facts(): { name: string; value: string | undefined }[] {
    const { offering, chosen, names } = this;
    const size = offering && sizeOf(offering, this.size);
    return [
      { name: m.create_name(), value: names.length > 1 ? `${names[0]} – ${names.at(-1)}` : chosen.name },
      ...(names.length > 1 ? [{ name: m.create_count(), value: formatNumber(names.length) }] : []),
      { name: m.create_source(), value: this.image?.name },
      {
        name: m.create_offering(),
        value:
          offering &&
          size &&
          `${offering.name} · ${m.machines_cpu_memory({ cpus: size.cpuCount, memory: formatBytes(size.memory) })}`,
      },
      { name: m.create_disk(), value: this.#rootDiskText() },
      ...(this.dataDisks.length === 0
        ? []
        : [{ name: m.create_data_disks(), value: formatNumber(this.dataDisks.length) }]),
    ];
  }

  #isFree(diskOfferingId: string): boolean {
    return this.#choices().diskOfferings.nodes.find(({ id }) => id === diskOfferingId)?.size === null;
  }

  #rootDiskText(): string | undefined {
    const typed = this.advanced.rootDiskGib.trim();
    if (this.source === 'template') {
      const replica = this.image?.replicas.find(({ zone }) => zone.id === this.#zoneId());
      if (typed !== '') return `${typed} GiB`;
      const size = this.offering?.rootDiskSize ?? replica?.virtualSize;
      return size === undefined ? undefined : formatBytes(size);
    }
    if (this.hasFreeDiskSize) return `${this.diskGib} GiB`;
    const size = this.#choices().diskOfferings.nodes.find(({ id }) => id === this.diskOfferingId)?.size;
    return size == null ? undefined : formatBytes(size);
  }
}
