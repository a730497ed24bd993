import { m } from '#messages';
import type { DiskOffering, ServiceOffering } from './fragments.ts';

/** Zones and domains that an offering is offered in. */
export function offeredIn({ isRestricted, zones, domains }: DiskOffering | ServiceOffering): string {
  if (!isRestricted) return m.offerings_everywhere();
  const places = [...zones.map(({ name }) => name), ...domains.map(({ path }) => path)];
  return places.join(', ') || m.dedication_other();
}
