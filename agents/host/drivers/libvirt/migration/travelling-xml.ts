import {
  attributeOf,
  childOf,
  childrenOf,
  devicesOf,
  domainOf,
  formatElements,
  nameOf,
  parseElements,
  twinOf,
  type Element,
} from './element.ts';

/** Puts another's child in the place of the own one, if both have it. */
function take(device: Element, from: Element, name: string): void {
  const theirs = childOf(from, name);
  const children = childrenOf(device);
  const index = children.findIndex((child) => nameOf(child) === name);
  if (theirs !== undefined && index !== -1) children[index] = theirs;
}

function drop(device: Element, name: string): void {
  const children = childrenOf(device);
  children.splice(0, children.length, ...children.filter((child) => nameOf(child) !== name));
}

function adapt(device: Element, theirs: readonly Element[]): Element {
  const name = nameOf(device);
  // One screen each; all that is in it is the host's.
  if (name === 'graphics') return theirs.find((each) => nameOf(each) === name) ?? device;
  const twin = twinOf(device, theirs);
  if (twin === undefined) return device;
  take(device, twin, 'source');
  if (name === 'disk') drop(device, 'backingStore');
  if (name === 'interface') take(device, twin, 'filterref');
  return device;
}

/**
 * A running machine's definition for another host: what the guest sees stays as it is, to the last address on its
 * buses; where disks and bridges are and how its screen is reached are as that host would have them for a machine
 * that it starts.
 */
export function travellingXml(running: string, asStartedThere: string): string {
  const document = parseElements(running);
  const devices = devicesOf(domainOf(document));
  const theirs = devicesOf(domainOf(parseElements(asStartedThere)));
  devices.splice(0, devices.length, ...devices.map((device) => adapt(device, theirs)));
  return formatElements(document);
}

/** `kvm` or `qemu`. */
export function virtTypeOf(xml: string): string | undefined {
  return attributeOf(domainOf(parseElements(xml)), 'type');
}
