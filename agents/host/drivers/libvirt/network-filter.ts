import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { defineFilter } from '@nephos/node-libvirt/nwfilter.ts';

/** Filter on every guest's network card. */
export const guestFilter = 'nephos-guest';

/**
 * No spoofed MAC, IP or ARP leaves a guest (libvirt's own clean-traffic), and no guest answers DHCP. What is neither
 * IPv4 nor ARP, router advertisements among it, clean-traffic drops. The uuid is fixed so that defining it again
 * replaces it, on running machines too.
 */
const guestFilterXml = `
<filter name='${guestFilter}' chain='root'>
  <uuid>6f1d2c9a-55b5-4c0e-9f0b-8f4a30f0a7d1</uuid>
  <rule action='drop' direction='out' priority='-900'>
    <ip protocol='udp' srcportstart='67' srcportend='67'/>
  </rule>
  <filterref filter='clean-traffic'/>
</filter>`;

/** Makes the filter known to libvirt. @throws LibvirtError when libvirt's own filters are missing */
export async function ensureGuestFilter(libvirt: Libvirt): Promise<void> {
  await defineFilter(libvirt, guestFilterXml);
}
