import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';

/** An element as the parser gives it when order counts: its name with what is in it, and its attributes. */
export interface Element {
  [name: string]: Element[] | Record<string, string> | undefined;
  ':@'?: Record<string, string>;
}

const options = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  preserveOrder: true,
  parseTagValue: false,
  parseAttributeValue: false,
} as const;
const parser = new XMLParser(options);
const builder = new XMLBuilder({ ...options, suppressEmptyNode: true });

export const parseElements = (xml: string) => parser.parse(xml) as Element[];
export const formatElements = (elements: Element[]) => builder.build(elements);

export const nameOf = (element: Element) => Object.keys(element).find((key) => key !== ':@') ?? '';

/** Text is a child that is called `#text`, and has none. */
export function childrenOf(element: Element): Element[] {
  const children = element[nameOf(element)];
  return Array.isArray(children) ? children : [];
}

export const childOf = (element: Element, name: string) =>
  childrenOf(element).find((child) => nameOf(child) === name);

export const attributesOf = (element: Element | undefined): Record<string, string> => element?.[':@'] ?? {};
export const attributeOf = (element: Element | undefined, attribute: string) =>
  attributesOf(element)[`@${attribute}`];

/** The text in an element. */
export function textOf(element: Element | undefined): string | undefined {
  const text = element && childOf(element, '#text')?.['#text'];
  return typeof text === 'string' ? text : undefined;
}

/** The `<domain>` of a document. @throws RangeError when it is none */
export function domainOf(document: readonly Element[]): Element {
  const domain = document.find((element) => nameOf(element) === 'domain');
  if (domain === undefined) throw new RangeError('no domain');
  return domain;
}

/** What a domain is made of. @throws RangeError when it is of nothing */
export function devicesOf(domain: Element): Element[] {
  const devices = childOf(domain, 'devices');
  if (devices === undefined) throw new RangeError('a domain without devices');
  return childrenOf(devices);
}

/** What tells a disk or a network card from its like, on whichever host. */
export function keyOf(device: Element): string | undefined {
  switch (nameOf(device)) {
    case 'disk':
      return attributeOf(childOf(device, 'target'), 'dev');
    case 'interface':
      return attributeOf(childOf(device, 'mac'), 'address');
    default:
      return undefined;
  }
}

/** The same disk or network card among another domain's devices. */
export function twinOf(device: Element, others: readonly Element[]): Element | undefined {
  const key = keyOf(device);
  return others.find((each) => nameOf(each) === nameOf(device) && key !== undefined && keyOf(each) === key);
}
