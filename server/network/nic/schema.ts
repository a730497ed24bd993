import type { Row } from '@nephos/model/database.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { GuestNetwork } from '../guest-network/schema.ts';

/** A network card. */
export const Nic = builder.objectRef<Row<'Nic'>>('Nic').implement({
  description: 'A machine’s network card, plugged into a guest network.',
  interfaces: [Node],
  fields: (t) => ({
    ipAddress: t.expose('ipAddress', {
      type: 'IpAddress',
      nullable: true,
      description: 'Address that it gets by DHCP; null when it gave it back.',
    }),
    macAddress: t.expose('macAddress', { type: 'MacAddress', description: 'Its hardware address.' }),
    deviceIndex: t.exposeInt('deviceIndex', { description: 'Its place on the machine, from 0.' }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether the default route leads through it.' }),
    network: t.field({
      type: GuestNetwork,
      description: 'The network it is plugged into.',
      resolve: ({ networkId }, _args, { load }) => load.get('GuestNetwork', networkId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});
