import {
  attributeOf,
  attributesOf,
  childOf,
  childrenOf,
  devicesOf,
  domainOf,
  formatElements,
  nameOf,
  parseElements,
  type Element,
} from '../migration/element.ts';
import { markElement } from './domain-marks.ts';

export interface ReleasedOptions {
  /** What it is to be called; absent: as it is. */
  name?: string;
  /** Where disks lie from now on, by where they lay. */
  paths: ReadonlyMap<string, string>;
  /** Of the disc that its cloud-init reads: it is of ours. */
  seedFile: string;
}

function without(element: Element | undefined, isIt: (child: Element) => boolean): void {
  if (element === undefined) return;
  const children = childrenOf(element);
  children.splice(0, children.length, ...children.filter((child) => !isIt(child)));
}

/** A machine's definition without what is of ours: it is as if somebody else had written it. */
export function releasedXml(xml: string, { name, paths, seedFile }: ReleasedOptions): string {
  const document = parseElements(xml);
  const domain = domainOf(document);
  const called = childOf(domain, 'name');
  if (called !== undefined && name !== undefined)
    childrenOf(called).splice(0, Infinity, { '#text': name } as unknown as Element);
  without(childOf(domain, 'metadata'), (child) => nameOf(child) === markElement);
  const devices = devicesOf(domain);
  const sourceOf = (device: Element) => childOf(device, 'source');
  devices.splice(
    0,
    devices.length,
    ...devices.filter((device) => attributeOf(sourceOf(device), 'file') !== seedFile),
  );
  for (const device of devices) {
    if (nameOf(device) === 'interface') without(device, (child) => nameOf(child) === 'filterref');
    if (nameOf(device) !== 'disk') continue;
    // What is in its drive is an image of ours.
    if (attributeOf(device, 'device') === 'cdrom') without(device, (child) => nameOf(child) === 'source');
    const source = sourceOf(device);
    const moved = paths.get(attributeOf(source, 'file') ?? '');
    if (source !== undefined && moved !== undefined)
      source[':@'] = { ...attributesOf(source), '@file': moved };
  }
  return formatElements(document);
}
