import type { ImageFormat, ImageKind } from '@nephos/model/generated/enums.ts';
import ipaddr from 'ipaddr.js';
import type { Check } from '../../platform/validation.ts';

/** What is asked for when a template or ISO is registered. */
export interface ImagePlan {
  name: string;
  displayText?: string | null | undefined;
  url: string;
  format: ImageFormat;
  /** `sha256:` and 64 hexadecimal digits. */
  checksum?: string | null | undefined;
  isPublic?: boolean | null | undefined;
}

const checksumPattern = /^sha256:[0-9a-f]{64}$/;

export function checkImage(
  check: Check,
  path: string,
  kind: ImageKind,
  plan: ImagePlan,
  allowedNetworks: readonly string[],
): void {
  check.name(`${path}.name`, plan.name);
  if (plan.displayText != null) check.line(`${path}.displayText`, plan.displayText);
  const formats = kind === 'ISO' ? ['ISO'] : ['QCOW2', 'RAW'];
  check.that(formats.includes(plan.format), `${path}.format`, plan.format, `must be ${formats.join(' or ')}`);
  if (plan.checksum != null) {
    check.that(
      checksumPattern.test(plan.checksum),
      `${path}.checksum`,
      plan.checksum,
      'must be "sha256:" and 64 hexadecimal digits in lower case',
    );
  }
  checkUrl(check, `${path}.url`, plan.url, allowedNetworks);
}

function checkUrl(check: Check, path: string, text: string, allowedNetworks: readonly string[]): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  check.that(isWeb, path, text, 'must be an http or https URL');
  if (url === undefined || !isWeb) return;
  check.that(
    url.username === '' && url.password === '',
    path,
    text,
    'must not carry a user name or password',
  );
  // A name is resolved, and checked, by whoever connects; an address can be refused at once.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(literal)) return;
  check.that(
    isReachable(literal, allowedNetworks),
    path,
    text,
    'must not lead to a private address that secstorage.allowed.internal.sites does not allow',
  );
}

/** Whether an address is public, or private and allowed. */
function isReachable(address: string, allowedNetworks: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'unicast') return true;
  return allowedNetworks.some((network) => {
    const [range, prefix] = ipaddr.parseCIDR(network);
    return range.kind() === parsed.kind() && parsed.match(range, prefix);
  });
}
