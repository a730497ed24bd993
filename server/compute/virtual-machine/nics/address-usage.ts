import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { UsageFacts } from '../../../billing/usage-events.ts';

/** What happens to an address. */
type AddressEvent = 'IP_ADDRESS_TAKE' | 'IP_ADDRESS_ASSIGN' | 'IP_ADDRESS_RELEASE';

type AddressedNic = Pick<Row<'Nic'>, 'id' | 'accountId' | 'networkId' | 'ipAddress'>;

/** An address as its usage events and its planned price describe it. */
export const addressAttributes = (networkId: Id<'GuestNetwork'>): UsageAttributes => ({ networkId });

/** The usage facts of the addresses that network cards have, for an event; what is used is the card. */
export function addressUsage(
  kind: AddressEvent,
  zoneId: Id<'Zone'>,
  nics: readonly AddressedNic[],
  at: Date,
): UsageFacts[] {
  return nics.flatMap(({ id, accountId, networkId, ipAddress }) =>
    ipAddress === null
      ? []
      : [
          {
            ...{ kind, at, accountId, zoneId, resourceId: id, resourceName: ipAddress },
            attributes: addressAttributes(networkId),
          },
        ],
  );
}
