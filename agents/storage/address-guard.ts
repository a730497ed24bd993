import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { AddressRule } from '@nephos/model/kernel/address-guard.ts';

/** Where downloads may go. @param allowedNetworks private networks that are allowed all the same */
export function downloadRule(allowedNetworks: readonly string[]): AddressRule {
  return { allowedNetworks, refuse: forbidden };
}

function forbidden(host: string, address: string): CommandFailure {
  const what = host === address ? address : `${host} (${address})`;
  return new CommandFailure(
    'FORBIDDEN_ADDRESS',
    `${what} is a private address that secstorage.allowed.internal.sites does not allow`,
    { details: { address } },
  );
}
