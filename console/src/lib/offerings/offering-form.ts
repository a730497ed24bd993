import type { Bytes } from '../i18n/format.ts';
import { tagsOf, tagText } from '../ui/tags.ts';
import type { DiskOffering, PlacementStrategy, ServiceOffering } from './fragments.ts';

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** What both kinds of offerings have and may be changed, as a form has it. */
export interface TypedOffering {
  name: string;
  displayText: string;
  storageTags: string;
  zoneIds: string[];
  domains: { id: string; path: string }[];
}

/** What a service offering has besides. */
export interface TypedServiceOffering extends TypedOffering {
  hostTags: string;
  /** Empty: as the settings say. */
  placement: PlacementStrategy | '';
}

/** The size of a service offering, which is chosen once. */
export interface TypedServiceSize {
  cpuCount: string;
  maxCpuCount: string;
  cpuMhz: string;
  memoryMib: string;
  maxMemoryMib: string;
  rootDiskGib: string;
  isScalableLive: boolean;
}

const blank: TypedOffering = { name: '', displayText: '', storageTags: '', zoneIds: [], domains: [] };

export function typedOffering(offering?: DiskOffering | ServiceOffering): TypedOffering {
  if (offering === undefined) return { ...blank };
  const { name, displayText, storageTags, zones, domains } = offering;
  return {
    name,
    displayText,
    storageTags: tagText(storageTags),
    zoneIds: zones.map(({ id }) => id),
    domains,
  };
}

export function typedServiceOffering(offering?: ServiceOffering): TypedServiceOffering {
  return {
    ...typedOffering(offering),
    hostTags: tagText(offering?.hostTags ?? []),
    placement: offering?.placement ?? '',
  };
}

export const typicalSize = (): TypedServiceSize => ({
  cpuCount: '1',
  maxCpuCount: '',
  cpuMhz: '1000',
  memoryMib: '1024',
  maxMemoryMib: '',
  rootDiskGib: '',
  isScalableLive: false,
});

/** A whole number above zero; `undefined` for text that is none. */
export function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d*$/.test(text.trim()) ? Number(text) : undefined;
}

const isBlankOrAtLeast = (text: string, least: number | undefined) =>
  text.trim() === '' || (wholeNumber(text) ?? 0) >= (least ?? 1);

/** The fields whose text cannot be sent. */
export function wrongSizes(size: TypedServiceSize): (keyof TypedServiceSize)[] {
  const needed = (['cpuCount', 'cpuMhz', 'memoryMib'] as const).filter(
    (field) => wholeNumber(size[field]) === undefined,
  );
  const ranges = [
    ['maxCpuCount', wholeNumber(size.cpuCount)],
    ['maxMemoryMib', wholeNumber(size.memoryMib)],
    ['rootDiskGib', 1],
  ] as const;
  return [
    ...needed,
    ...ranges.filter(([field, least]) => !isBlankOrAtLeast(size[field], least)).map(([field]) => field),
  ];
}

function bytesOf(text: string, unit: number): number | null {
  const count = wholeNumber(text);
  return count === undefined ? null : count * unit;
}

/** As the API takes it. */
export function offeringInput({ name, displayText, storageTags, zoneIds, domains }: TypedOffering) {
  return {
    name: name.trim(),
    displayText: displayText.trim() || name.trim(),
    storageTags: tagsOf(storageTags),
    zoneIds,
    domainIds: domains.map(({ id }) => id),
  };
}

export function serviceOfferingInput(typed: TypedServiceOffering) {
  const { hostTags, placement } = typed;
  return {
    ...offeringInput(typed),
    hostTags: tagsOf(hostTags),
    placement: placement === '' ? null : placement,
  };
}

export function serviceSizeInput(size: TypedServiceSize) {
  return {
    cpuCount: Number(size.cpuCount),
    maxCpuCount: wholeNumber(size.maxCpuCount) ?? null,
    cpuMhz: Number(size.cpuMhz),
    memory: Number(size.memoryMib) * mib,
    maxMemory: bytesOf(size.maxMemoryMib, mib),
    rootDiskSize: bytesOf(size.rootDiskGib, gib),
    isScalableLive: size.isScalableLive,
  };
}

/** Size of a disk offering; null where the tenant names one. */
export const diskSizeInput = (gibText: string): Bytes | null => bytesOf(gibText, gib);
