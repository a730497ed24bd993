/** What an offering leaves to choose, and what it says otherwise. */
export interface OfferedSize {
  cpuCount: number;
  /** Null when the number is fixed. */
  maxCpuCount: number | null;
  memory: number | string;
  maxMemory: number | string | null;
}

/** A size as it was typed; empty: the least. */
export interface TypedSize {
  cpus: string;
  memoryMib: string;
}

export interface SizeInput {
  cpuCount?: number;
  memory?: number;
}

const mib = 1024 ** 2;

export const hasFreeCpus = ({ cpuCount, maxCpuCount }: OfferedSize) =>
  maxCpuCount !== null && maxCpuCount > cpuCount;
export const hasFreeMemory = ({ memory, maxMemory }: OfferedSize) =>
  maxMemory !== null && Number(maxMemory) > Number(memory);

export function areCpusRight(offering: OfferedSize, { cpus }: TypedSize): boolean {
  return isWithin(cpus, offering.cpuCount, offering.maxCpuCount ?? offering.cpuCount);
}

export function isMemoryRight(offering: OfferedSize, { memoryMib }: TypedSize): boolean {
  const most = Number(offering.maxMemory ?? offering.memory);
  return isWithin(memoryMib, Number(offering.memory) / mib, most / mib);
}

/** As the API takes it: only what there is to choose, and was chosen. */
export function sizeInput(offering: OfferedSize, { cpus, memoryMib }: TypedSize): SizeInput {
  return {
    ...(hasFreeCpus(offering) && cpus.trim() !== '' && { cpuCount: Number(cpus) }),
    ...(hasFreeMemory(offering) && memoryMib.trim() !== '' && { memory: Number(memoryMib) * mib }),
  };
}

/** What a machine would have then. */
export function sizeOf(offering: OfferedSize, typed: TypedSize): { cpuCount: number; memory: number } {
  return { cpuCount: offering.cpuCount, memory: Number(offering.memory), ...sizeInput(offering, typed) };
}

function isWithin(typed: string, least: number, most: number): boolean {
  const text = typed.trim();
  return text === '' || (/^[1-9]\d{0,8}$/.test(text) && Number(text) >= least && Number(text) <= most);
}
