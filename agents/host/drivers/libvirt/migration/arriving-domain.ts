import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import {
  attributeOf,
  attributesOf,
  childOf,
  childrenOf,
  devicesOf,
  domainOf,
  keyOf,
  nameOf,
  parseElements,
  textOf,
  twinOf,
  type Element,
} from './element.ts';

/** What a machine is made of. Others reach into the host: its devices, its folders, its network. */
const devices = new Set([
  ...['emulator', 'controller', 'disk', 'interface', 'graphics', 'serial', 'console', 'channel'],
  ...['input', 'video', 'audio', 'memballoon', 'memory', 'rng', 'watchdog', 'panic'],
]);

/** What it starts from. A kernel would be a file of this host's. */
const starters = new Set(['type', 'boot', 'bootmenu', 'bios', 'smbios', 'firmware', 'loader', 'nvram']);

/** Files that a machine may have beside those of its definition: QEMU's own, and what libvirt makes for it. */
const common = [
  /^\/dev\/(u?random|pts\/\d+)$/,
  /^\/usr\/(bin\/qemu-system-\w+|libexec\/qemu-kvm)$/,
  /^\/usr\/share\/(OVMF|ovmf|edk2|qemu|AAVMF|seabios)\/[\w.+/-]+$/,
  /^\/(var\/lib|(var\/)?run)\/libvirt\/qemu\/[\w.+/-]+$/,
];

function refuse(what: string): never {
  throw new CommandFailure(
    'UNSUPPORTED',
    `the other host sends a machine that is not the expected one: ${what}`,
  );
}

/** An element and all below it, but for what people and other programs wrote and nothing acts on. */
function* within(element: Element): Generator<Element> {
  yield element;
  for (const child of childrenOf(element)) {
    const isForPeople =
      nameOf(element) === 'domain' && ['title', 'description', 'metadata'].includes(nameOf(child));
    if (!isForPeople) yield* within(child);
  }
}

/** Every file that is named anywhere in it. */
function* pathsIn(domain: Element): Generator<string> {
  for (const element of within(domain)) {
    const values = [...Object.values(attributesOf(element)), textOf(element)?.trim()];
    for (const value of values) if (value?.startsWith('/') === true) yield value;
  }
}

/** The attributes that count, in an order that always is the same. */
function written(element: Element | undefined, ignored: readonly string[] = []): string {
  const counted = Object.entries(attributesOf(element)).filter(([name]) => !ignored.includes(name));
  return JSON.stringify(counted.sort());
}

const parametersOf = (filter: Element | undefined) =>
  filter === undefined
    ? ''
    : childrenOf(filter)
        .map((each) => written(each))
        .sort()
        .join();

function assertDisk(disk: Element, twin: Element): void {
  const source = childOf(disk, 'source');
  // An empty drive has none; the index is libvirt's own count.
  if (source !== undefined && written(source, ['@index']) !== written(childOf(twin, 'source')))
    refuse(`its disk ${keyOf(disk)} is another one`);
}

function assertInterface(card: Element, twin: Element): void {
  const attribute = (of: Element, child: string, name: string) => attributeOf(childOf(of, child), name);
  if (attribute(card, 'source', 'bridge') !== attribute(twin, 'source', 'bridge'))
    refuse(`its card ${keyOf(card)} is on another bridge`);
  const [filter, expected] = [card, twin].map((each) => childOf(each, 'filterref'));
  if (written(filter) !== written(expected) || parametersOf(filter) !== parametersOf(expected))
    refuse(`its card ${keyOf(card)} has another filter`);
}

function assertDevice(device: Element, expected: readonly Element[]): void {
  const name = nameOf(device);
  const type = attributeOf(device, 'type');
  if (!devices.has(name)) refuse(`it has a ${name}`);
  switch (name) {
    case 'disk':
    case 'interface': {
      const twin = twinOf(device, expected);
      if (twin === undefined) refuse(`it has a further ${name}`);
      if (type !== attributeOf(twin, 'type')) refuse(`its ${name} ${keyOf(device)} is of another type`);
      if (name === 'disk') assertDisk(device, twin);
      else assertInterface(device, twin);
      return;
    }
    case 'graphics':
    case 'serial':
    case 'console':
    case 'channel':
      // Those that listen on, or connect to, the network are of another type.
      if (!expected.some((each) => nameOf(each) === name && attributeOf(each, 'type') === type))
        refuse(`it has a ${name} of type ${type}`);
      if (
        childrenOf(device).some((each) => nameOf(each) === 'listen' && attributeOf(each, 'type') !== 'socket')
      )
        refuse('its screen listens on the network');
      if (
        name === 'graphics' &&
        attributeOf(device, 'socket') === undefined &&
        childOf(device, 'listen') === undefined
      )
        refuse('its screen listens on the network');
      return;
    case 'rng':
      if (attributeOf(childOf(device, 'backend'), 'model') !== 'random')
        refuse('its random numbers come from elsewhere');
  }
}

/**
 * Makes sure that a domain that another host sends is the machine that was announced, and reaches no more of this
 * host than one that is started here.
 * @param expected the definition that it would be started with here
 * @throws CommandFailure UNSUPPORTED
 */
export function assertExpected(domain: Element, expected: string): void {
  const own = domainOf(parseElements(expected));
  for (const name of ['name', 'uuid']) {
    if (textOf(childOf(domain, name)) !== textOf(childOf(own, name))) refuse(`it has another ${name}`);
  }
  for (const element of within(domain)) {
    const name = nameOf(element);
    // QEMU's own options stand in elements of another namespace.
    if (name.includes(':')) refuse(`it has a ${name}`);
    if (name === 'seclabel' && attributeOf(element, 'type') !== 'dynamic') refuse('it says whom it runs as');
  }
  for (const starter of childrenOf(childOf(domain, 'os') ?? {})) {
    if (!starters.has(nameOf(starter))) refuse(`it starts from a ${nameOf(starter)}`);
  }
  const expectedDevices = devicesOf(own);
  for (const device of devicesOf(domain)) assertDevice(device, expectedDevices);
  const known = new Set(pathsIn(own));
  for (const file of pathsIn(domain)) {
    const isCommon = common.some((each) => each.test(file)) && !file.includes('/../');
    if (!known.has(file) && !isCommon) refuse(`it uses ${file}`);
  }
}
