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
} from '../migration/element.ts';
import { assertExpected } from '../migration/arriving-domain.ts';
import { travellingXml } from '../migration/travelling-xml.ts';

/** The drive stays, since the guest knows it; in it is what would be in it now. */
function changeDisc(drive: Element, twin: Element | undefined): void {
  const disc = twin && childOf(twin, 'source');
  const children = childrenOf(drive);
  const others = children.filter((child) => nameOf(child) !== 'source');
  children.splice(0, children.length, ...others, ...(disc === undefined ? [] : [disc]));
}

/**
 * The definition of a machine that comes back out of its memory: what the guest sees is as it was kept; what is the
 * host's, and which discs are in its drives, is as it would be started here now.
 * @throws CommandFailure UNSUPPORTED for one that is not that machine, or reaches more of this host
 */
export function returningXml(kept: string, asStartedHere: string): string {
  const document = parseElements(travellingXml(kept, asStartedHere));
  const domain = domainOf(document);
  const here = devicesOf(domainOf(parseElements(asStartedHere)));
  for (const device of devicesOf(domain)) {
    if (nameOf(device) === 'disk' && attributeOf(device, 'device') === 'cdrom')
      changeDisc(device, twinOf(device, here));
  }
  assertExpected(domain, asStartedHere);
  return formatElements(document);
}
