import { LiveQuery } from '../api/query.svelte.ts';
import { tagsOf, tagText } from '../ui/tags.ts';
import { zonesQuery } from '../zones/zone-queries.ts';
import { m } from '#messages';

/** What the fields of every offering are called and how they are read; for use while a component is set up. */
export function offeringNames() {
  const zones = new LiveQuery(zonesQuery, () => ({ first: 500 }));
  const zoneName = (id: string) => zones.data?.zones.nodes.find((zone) => zone.id === id)?.name ?? id;
  return {
    name: m.common_name(),
    displayText: m.offerings_text(),
    storageTags: { label: m.offerings_storage_tags(), text: (text: string) => tagText(tagsOf(text)) },
    zoneIds: {
      label: m.offerings_zones(),
      text: (ids: readonly string[]) => ids.map(zoneName).sort().join(', '),
    },
    domains: {
      label: m.offerings_domains(),
      text: (domains: readonly { path: string }[]) =>
        domains
          .map(({ path }) => path)
          .sort()
          .join(', '),
    },
  };
}
